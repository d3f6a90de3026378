import SQLite

extension DatabaseSchema {
  /// The last words of the names of tables that may hold users, the likeliest first.
  private static let nouns = [
    "user", "account", "profile", "member", "person", "people", "customer",
  ]

  /// The tables that may hold users, the likeliest first.
  package var userTables: [Table] {
    let rated = tables.compactMap { table in table.userRating.map { (table: table, rating: $0) } }
    return rated.sorted { $0.rating > $1.rating }.map(\.table)
  }

  /// The tables that most certainly hold users: named for users or accounts, or with a column for Clerk's id.
  package var certainUserTables: [Table] {
    userTables.filter { table in
      table.hasClerkID || [0, 1].contains(table.noun) && table.columns.contains(where: \.isEmail)
    }
  }
}

extension DatabaseSchema.Table {
  /// The position of the noun that the name ends with; nil for any other name.
  fileprivate var noun: Int? {
    guard let word = name.nameWords.last else { return nil }
    return DatabaseSchema.nouns.firstIndex { word == $0 || word == $0 + "s" }
  }

  /// Whether the name of a column says that it holds Clerk's id of a user.
  fileprivate var hasClerkID: Bool {
    columns.contains { DatabaseSchema.Column.clerkUserIDs.contains($0.name.compactName) }
  }

  /// Whether the name ends with a word for organizations.
  package var isNamedForOrganizations: Bool {
    guard let word = name.nameWords.last else { return false }
    return ["organization", "organisation", "org", "team", "workspace"].contains {
      word == $0 || word == $0 + "s"
    }
  }

  /// Whether columns lead to a user and to an organization.
  private var isMembership: Bool {
    let names = Set(columns.map(\.name.compactName))
    return !names.isDisjoint(with: DatabaseSchema.Column.userReferences)
      && !names.isDisjoint(with: DatabaseSchema.Column.organizationReferences)
  }

  /// How likely the table holds users; nil if nothing suggests it. The name counts, and more so a column for Clerk's id.
  fileprivate var userRating: Int? {
    let hasEmail = columns.contains(where: \.isEmail)
    guard !isView, !isNamedForOrganizations, hasEmail || !isMembership else { return nil }
    guard let noun else { return hasClerkID && hasEmail ? 20 : nil }
    let hasForeignID = columns.contains { ["externalid", "authid"].contains($0.name.compactName) }
    let hasTextID = primaryKey.count == 1 && primaryKey[0].holdsText
    guard hasClerkID || hasEmail || hasForeignID || hasTextID && noun == 0 else { return nil }
    let words = name.nameWords.count
    return 100 - 10 * noun - words + (hasClerkID ? 60 : 0) + (hasEmail ? 30 : 0) + (hasForeignID ? 10 : 0)
  }
}

extension DatabaseSchema.Table {
  /// Whether the table has the columns of the one that clerk-sync keeps without a mapping, and no others.
  package var isBuiltIn: Bool {
    let names = Mapping.builtInColumns.split(separator: ", ").map(String.init)
    return name.lowercased() == "users" && columns.count == names.count
      && names.allSatisfy { column($0)?.words.isEmpty == true }
      && ["createdAt", "updatedAt"].allSatisfy { column($0)?.holdsText == false }
  }
}

// Names of columns without underscores and in lower case.
extension DatabaseSchema.Column {
  /// For Clerk's id of a user.
  package static let clerkUserIDs: Set = [
    "clerkid", "clerkuserid", "clerkuser", "userclerkid", "clerkauthid",
  ]
  /// For a reference to a user.
  package static let userReferences: Set = [
    "userid", "memberid", "accountid", "profileid", "clerkuserid",
  ]
  /// For a reference to an organization.
  package static let organizationReferences: Set = [
    "organizationid", "organisationid", "orgid", "teamid", "workspaceid", "clerkorgid", "clerkorganizationid",
  ]

  /// Whether the column's name is one of an e-mail address.
  package var isEmail: Bool {
    ["email", "emailaddress", "primaryemail", "primaryemailaddress", "useremail", "mail"].contains(
      name.compactName)
  }

  /// Whether the column is declared for text, or for anything (sqlite.org/datatype3.html#determination_of_column_affinity).
  package var holdsText: Bool {
    !type.contains("INT")
      && (type.isEmpty || ["CHAR", "CLOB", "TEXT", "UUID"].contains { type.contains($0) })
  }
}

extension UserStore {
  /// Returns the application's tables. Reads only; throws when the database does not exist.
  package func schema() throws(StoreError) -> DatabaseSchema {
    guard FileIdentity(database.path) != nil else { throw .missing(database: database.path) }
    let connection = try database.open()
    return try database.sql(DatabaseSchema(connection))
  }
}
