import ClerkSync

/// A suggested mapping file for a database.
struct Suggestion {
  private let database: String
  private let tables: [TableSuggestion]
  /// Comments above the mapping, each on a line.
  private let remarks: [String]

  /// Reads the database at the path. Returns nil if no table looks like one of users.
  init?(database: String) throws(StoreError) {
    self.database = database
    let store = UserStore(database: database)
    let schema = try store.schema()
    let candidates = schema.userTables
    guard let table = candidates.first else { return nil }
    var remarks: [String] = []
    if table.isBuiltIn { remarks.append("The built-in mapping fits this users table: no file is needed.") }
    let others = candidates.dropFirst().map(\.name)
    if !others.isEmpty {
      remarks.append("Other tables that may hold users: \(others.joined(separator: ", ")).")
    }

    var user = TableSuggestion(.user, table, samples: try store.samples(of: table))
    let users = TableSuggestion.Target(table: table, key: user.addUserColumns())
    var tables = [user]
    for other in schema.tables where other.isNamedForOrganizations && !other.isView {
      var organization = TableSuggestion(.organization, other, samples: try store.samples(of: other))
      guard let key = organization.addOrganizationColumns(users: users) else {
        remarks.append(Self.withoutKey(other, of: "organizations"))
        continue
      }
      guard tables.count == 1 else {
        remarks.append("Another table that may hold organizations: \(other.name).")
        continue
      }
      tables.append(organization)
      let organizations = TableSuggestion.Target(table: other, key: key)
      guard let links = schema.tables.first(where: { $0.links(users, with: organizations) }) else { continue }
      var membership = TableSuggestion(.organizationMembership, links, samples: try store.samples(of: links))
      if membership.addMembershipColumns(users: users, organizations: organizations) {
        tables.append(membership)
      } else {
        remarks.append(Self.withoutKey(links, of: "memberships"))
      }
    }
    (self.tables, self.remarks) = (tables, remarks)
  }

  /// The mapping file, in JSON5.
  var text: String {
    let head = [
      "A mapping of the tables in \(database), suggested by clerk-sync tables suggest.",
      "Decide each line that says \"check\", and set CLERK_SYNC_TABLES to the path of this file.",
    ]
    let comments = (head + remarks).map { "// \(JSON5.comment($0))\n" }
    return "\(comments.joined()){\n\(tables.map(\.text).joined())}\n"
  }

  private static func withoutKey(_ table: DatabaseSchema.Table, of content: String) -> String {
    "\(table.name) looks like a table of \(content), but has no column for Clerk's id, such as clerk_id TEXT UNIQUE."
  }
}
