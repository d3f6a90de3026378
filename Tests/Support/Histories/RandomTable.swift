import Foundation

/// A random table of users with its mapping file, and a model of what the table holds in the end.
///
/// The model knows nothing of the program: it takes each user's last event and computes the columns one by one.
public struct RandomTable: Sendable {
  struct Column: Sendable {
    let name: String
    let type: String
    /// Its value in the mapping file.
    let rule: String
    /// Whether only an insertion writes it.
    var isInserted = false
    /// The value as an SQL literal, NULL or a text of which any is right.
    let literal: @Sendable (ClerkProfile) throws -> String
  }

  private enum Key: CaseIterable {
    case primary, beside, withoutRowID, pair
  }

  /// The key of the own rows, and the column that finds them.
  enum Match: CaseIterable {
    case none, email, externalID
  }

  /// The statements that create the table.
  public let schema: String
  /// The mapping file.
  public let mapping: String
  /// The table, for a failure.
  public var description: String { "\(schema)\n\(mapping)" }

  let table: String
  let id: String
  let email: String?
  let columns: [Column]
  let match: Match
  /// The table's own columns.
  let own: (key: String, text: String, external: String)
  let isUnique: Bool
  let withoutEmail: WithoutEmail
  /// The columns that a deletion sets, with their literals; nil if it deletes the row.
  let set: [(name: String, literal: String)]?

  enum WithoutEmail: CaseIterable {
    case refuse, null, placeholder, fallback
  }

  /// `now` is the time of all writes, in milliseconds since 1970; nil if it is unknown. No column holds it then.
  public init(now: Int?, using random: inout SplitMix64) {
    var names = Self.names.shuffled(using: &random)[...]
    table = names.removeFirst()
    id = names.removeFirst()
    own = (names.removeFirst(), names.removeFirst(), names.removeFirst())
    let key = Key.allCases.randomElement(using: &random) ?? .primary
    let isStrict = random.happens(30)
    withoutEmail = WithoutEmail.allCases.randomElement(using: &random) ?? .refuse
    let email = random.happens(85) ? names.removeFirst() : nil
    self.email = email
    isUnique = withoutEmail != .fallback && random.happens(70)
    match =
      key == .beside
      ? Match.allCases.filter { email != nil || $0 != .email }.randomElement(using: &random) ?? .none : .none

    var columns = Self.choices(isStrict: isStrict, now: now, using: &random).map { choice in
      Column(
        name: names.removeFirst(), type: choice.type, rule: choice.rule, isInserted: choice.isInserted,
        literal: choice.literal)
    }
    // A row from before Clerk has only its address or its external id.
    if match != .none {
      columns.removeAll(where: \.isInserted)
      columns = columns.map {
        Column(
          name: $0.name, type: $0.type.replacing(" NOT NULL", with: ""), rule: $0.rule, literal: $0.literal)
      }
    }
    columns.append(
      Column(name: own.external, type: "TEXT", rule: "'external_id'") { Self.quoted($0.externalID) })
    self.columns = columns

    let isNullable = match != .none || withoutEmail == .null || random.happens(30)
    var deletion: [(name: String, rule: String, literal: String)] = []
    if random.happens(50) {
      deletion.append(("gone \(table)", now == nil ? "{ value: 1 }" : "{ now: 'ms' }", "\(now ?? 1)"))
      if random.happens(50) { deletion.append((own.text, "{ value: 'erased {id}' }", "'erased {id}'")) }
      if let email, random.happens(50) {
        let isErased = isNullable && random.happens(50)
        deletion.append(
          (email, isErased ? "{ value: null }" : "{ value: 'gone-{id}' }", isErased ? "NULL" : "'gone-{id}'"))
      }
    }
    set = deletion.isEmpty ? nil : deletion.map { ($0.name, $0.literal) }

    var definitions = columns.map { "\(Self.name($0.name)) \($0.type)" }
    definitions += ["\(Self.name(own.text)) TEXT DEFAULT 'none'", "\(Self.name("gone \(table)")) INTEGER"]
    if let email {
      let collation = random.happens(20) ? " COLLATE NOCASE" : ""
      definitions.append(
        "\(Self.name(email)) TEXT\(isNullable ? "" : " NOT NULL")\(collation)\(isUnique ? " UNIQUE" : "")")
    }
    definitions.shuffle(using: &random)
    let (idName, keyName) = (Self.name(id), Self.name(own.key))
    switch key {
    case .primary, .withoutRowID: definitions.insert("\(idName) TEXT NOT NULL PRIMARY KEY", at: 0)
    case .beside:
      definitions.insert("\(keyName) INTEGER PRIMARY KEY", at: 0)
      definitions.append("\(idName) TEXT \(match == .none ? "NOT NULL" : "") UNIQUE")
    case .pair:
      definitions += [
        "\(keyName) TEXT NOT NULL", "\(idName) TEXT NOT NULL", "PRIMARY KEY (\(keyName), \(idName))",
      ]
    }
    let options = (key == .withoutRowID ? ["WITHOUT ROWID"] : []) + (isStrict ? ["STRICT"] : [])
    schema =
      "CREATE TABLE \(Self.name(table)) (\(definitions.joined(separator: ", "))) \(options.joined(separator: ", "));"

    func members(_ list: [(String, String)]) -> String {
      "{ \(list.map { "\(Self.json($0.0)): \($0.1)" }.joined(separator: ", ")) }"
    }
    var written = columns.filter { !$0.isInserted }.map { ($0.name, $0.rule) }
    if let email {
      written.append((email, withoutEmail == .fallback ? "{ from: 'email', else: 'none' }" : "'email'"))
    }
    written.shuffle(using: &random)
    let keys = [(id, "'id'")] + (key == .pair ? [(own.key, "{ value: 'app' }")] : [])
    var parts = [
      "table: \(Self.json(table))", "key: \(members(keys))", "columns: \(members(written))",
      "insert: \(members(columns.filter(\.isInserted).map { ($0.name, $0.rule) }))",
    ]
    switch withoutEmail {
    case .refuse: parts += random.happens(50) ? ["withoutEmail: 'refuse'"] : []
    case .null: parts.append("withoutEmail: 'null'")
    case .placeholder: parts.append("withoutEmail: 'no+{id}@example.invalid'")
    case .fallback: break
    }
    switch match {
    case .none: break
    case .email: parts.append("match: \(members([(email ?? "", "'email'")]))")
    case .externalID: parts.append("match: \(members([(own.external, "'external_id'")]))")
    }
    if set != nil { parts.append("onDelete: { set: \(members(deletion.map { ($0.name, $0.rule) })) }") }
    mapping = "{ user: { \(parts.joined(separator: ", ")) } }"
  }
}
