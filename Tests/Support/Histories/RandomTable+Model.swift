import Foundation

extension RandomTable {
  /// A row from before Clerk.
  private struct OldRow {
    let key: Int
    /// The user whose row it becomes.
    let owner: ClerkProfile?
  }

  /// Inserts rows from before Clerk, of which some are those of users in the histories.
  public func insertOldRows(for messages: [ClerkMessage], at path: String) throws {
    for row in oldRows(messages) {
      var values = [(own.key, "\(row.key)"), (own.text, "'own \(row.key)'")]
      if match == .email, let email {
        values.append((email, Self.quoted(row.owner?.user.email ?? "nobody-\(row.key)@example.org")))
      }
      if match == .externalID { values.append((own.external, Self.quoted(row.owner?.externalID))) }
      let names = values.map { Self.name($0.0) }.joined(separator: ", ")
      let literals = values.map(\.1).joined(separator: ", ")
      try ApplicationSchema.run("INSERT INTO \(Self.name(table)) (\(names)) VALUES (\(literals))", at: path)
    }
  }

  /// Every third user who is not deleted and has always had one address, as nobody else, had an account. There are two
  /// more rows.
  private func oldRows(_ messages: [ClerkMessage]) -> [OldRow] {
    guard match != .none else { return [] }
    let lives: [[ClerkMessage]] = Array(Dictionary(grouping: messages, by: \.user.id).values)
    let users = Dictionary(grouping: messages, by: \.user.email).mapValues { Set($0.map(\.user.id)).count }
    let steady = lives.filter { events in
      let email = events[0].user.email
      return !email.isEmpty && users[email] == 1
        && events.allSatisfy { $0.kind != .deleted && $0.user.email == email }
    }
    let owners = steady.map { ClerkProfile($0[0]) }.sorted { $0.user.id < $1.user.id }
    var rows: [OldRow] = []
    for (number, owner) in owners.enumerated() where number % 3 == 0 {
      rows.append(OldRow(key: 1000 + number, owner: owner))
    }
    return rows + [OldRow(key: 1, owner: nil), OldRow(key: 2, owner: nil)]
  }

  /// Whether an event of the user is refused.
  private func isRefused(_ user: ClerkUser) -> Bool {
    email != nil && user.email.isEmpty && withoutEmail == .refuse
  }

  /// Returns how the table differs from the model, after the delivery of the messages.
  public func differences(from messages: [ClerkMessage], at path: String) throws -> [String] {
    let names = [id, own.text, "gone \(table)"] + [email].compactMap(\.self) + columns.map(\.name)
    let parts = names.map { "quote(\(Self.name($0)))" }.joined(separator: ", ")
    var rows: [String: [String: String]] = [:]
    var differences: [String] = []
    var strangers = 0
    for json in try ApplicationSchema.run("SELECT json_array(\(parts)) FROM \(Self.name(table))", at: path) {
      let values = try JSONDecoder().decode([String].self, from: Data((json ?? "").utf8))
      let row = Dictionary(uniqueKeysWithValues: zip(names, values))
      if values[0] == "NULL" {
        strangers += 1
      } else if rows.updateValue(row, forKey: values[0]) != nil {
        differences.append("\(values[0]): two rows")
      }
    }
    let old = oldRows(messages)
    if strangers != old.count(where: { $0.owner == nil }) {
      differences.append("\(strangers) rows have no user")
    }
    let owned = Set(old.compactMap(\.owner?.user.id))
    for (user, events) in Dictionary(grouping: messages, by: \.user.id) {
      let found = rows.removeValue(forKey: Self.quoted(user))
      differences += try compare(found, events, hadRow: owned.contains(user)).map { "\(user): \($0)" }
    }
    return (differences + rows.keys.map { "\($0): a row of nobody" }).sorted()
  }

  private func compare(_ row: [String: String]?, _ events: [ClerkMessage], hadRow: Bool) throws -> [String] {
    let isDeleted = events.contains { $0.kind == .deleted }
    let stored = events.filter { $0.kind != .deleted && !isRefused($0.user) }
    let last = stored.max(by: ClerkMessage.happenedBefore)
    if isDeleted {
      // What was not deleted softly is gone. There is no row either if the deletion came first.
      guard let row else { return [] }
      guard let set else { return ["resurrected"] }
      return set.compactMap { name, literal in
        let literal = literal.replacing("{id}", with: events[0].user.id)
        return row[name] == literal ? nil : "\(name) is \(row[name] ?? ""), not \(literal)"
      }
    }
    guard let last else { return row == nil ? [] : ["stored without an address"] }
    guard let row else { return ["missing"] }
    let profile = ClerkProfile(last)
    var expected = [own.text: ["'none'"], "gone \(table)": ["NULL"]]
    if hadRow { expected[own.text] = nil }
    for column in columns { expected[column.name] = [try column.literal(profile)] }
    if let email {
      expected[email] = addresses(
        of: last.user, isReleased: events.contains { isRefused($0.user) && $0.version >= last.version })
    }
    return expected.compactMap { name, literals in
      literals.contains(row[name] ?? "") ? nil : "\(name) is \(row[name] ?? "absent"), not \(literals)"
    } + (hadRow && row[own.text]?.hasPrefix("'own ") != true ? ["not the row from before Clerk"] : [])
  }

  /// The literals of the addresses that the user's row can have. `isReleased` says that Clerk has taken it away since.
  private func addresses(of user: ClerkUser, isReleased: Bool) -> [String] {
    if user.email.isEmpty {
      switch withoutEmail {
      case .refuse: []
      case .null: ["NULL"]
      case .placeholder: ["'no+\(user.id)@example.invalid'"]
      case .fallback: ["'none'"]
      }
    } else {
      [Self.quoted(user.email)] + (isReleased && isUnique ? ["'\(user.id)@no-email.invalid'"] : [])
    }
  }
}
