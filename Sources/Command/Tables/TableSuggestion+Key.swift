import ClerkSync

extension TableSuggestion {
  /// How well a column fits as the one with Clerk's id. The best is the least.
  private struct Fit: Comparable {
    /// 0 if rows have ids of Clerk's, 1 if there are no rows, 2 if rows have other values.
    let evidence: Int
    /// 0 if it is named for Clerk, 1 if for another system, 2 for a primary key of texts.
    let name: Int

    static func < (one: Fit, other: Fit) -> Bool {
      (one.evidence, one.name) < (other.evidence, other.name)
    }
  }

  private static let foreignNames: Set = [
    "externalid", "externaluserid", "externalorgid", "externalorganizationid", "authid", "authuserid",
    "authproviderid",
  ]

  /// Whether the name of a column says that it holds Clerk's id of the entity.
  private func isNamedForClerk(_ column: DatabaseSchema.Column) -> Bool {
    let names: Set<String> =
      switch entity {
      case .user: DatabaseSchema.Column.clerkUserIDs
      case .organization: ["clerkid", "clerkorgid", "clerkorganizationid", "clerkteamid", "clerkworkspaceid"]
      case .organizationMembership:
        ["clerkid", "clerkmembershipid", "clerkorganizationmembershipid", "clerkmemberid"]
      case .organizationInvitation: ["clerkid", "clerkinvitationid"]
      }
    return names.contains(column.name.compactName)
  }

  /// Finds the column for Clerk's id and makes it the key. Returns its name; nil if there is no such column.
  mutating func findKey() -> String? {
    let fits = table.columns.compactMap { column in fit(of: column).map { (column: column, fit: $0) } }
      .sorted { $0.fit < $1.fit }
    guard let (column, fit) = fits.first, !(fit.name == 2 && fit.evidence == 2) else { return nil }
    var doubts: [String] = []
    if fit.evidence == 2 { doubts.append("the newest rows have other values than Clerk's ids") }
    if fit.name > 0, fit.evidence == 1, !table.isBuiltIn {
      doubts.append("does it hold Clerk's ids, rather than ids of the application's own?")
    }
    if !table.isUnique(column) {
      doubts.append("not unique yet: CREATE UNIQUE INDEX on \(table.name) (\(column.name))")
    }
    let others = fit.name > 0 ? fits.dropFirst().map(\.column.name) : []
    if !others.isEmpty { doubts.append("or \(others.joined(separator: " or "))?") }
    let comment = doubts.isEmpty ? nil : "check: \(doubts.joined(separator: "; "))"
    key = [JSON5.Member(key: column.name, value: .text("id"), comment: comment)]
    return column.name
  }

  private func fit(of column: DatabaseSchema.Column) -> Fit? {
    let name = column.name.compactName
    let forms = samples[column.name]?.forms ?? []
    let evidence = forms.contains(.clerkID) ? 0 : forms.isEmpty ? 1 : 2
    // The name outweighs the rows, which may be a test's.
    if isNamedForClerk(column) { return Fit(evidence: min(evidence, 1), name: 0) }
    // A reference to another table holds the ids of that table.
    guard column.holdsText, table.foreignKey(of: column) == nil else { return nil }
    if Self.foreignNames.contains(name) { return Fit(evidence: evidence, name: 1) }
    return table.primaryKey.map(\.name) == [column.name] ? Fit(evidence: evidence, name: 2) : nil
  }

  /// Returns the value of a column that references `target`: the id from Clerk at `path`, or the key that the
  /// application has for it.
  func reference(_ column: DatabaseSchema.Column, to target: Target, path: String) -> JSON5 {
    let own = target.table.primaryKey.first?.name
    var referenced = own
    if let key = table.foreignKey(of: column), key.table.lowercased() == target.table.name.lowercased() {
      referenced = key.to.first ?? own
    } else if column.holdsText, target.table.rowIDAlias != nil {
      // A text cannot be a rowid, so it is Clerk's id.
      referenced = target.key
    }
    guard let referenced, referenced.lowercased() != target.key.lowercased() else { return .text(path) }
    return .inline([
      "lookup": .inline([
        "table": .text(target.table.name),
        "where": .object([JSON5.Member(key: target.key, value: .text(path))]),
        "take": .text(referenced),
      ])
    ])
  }
}
