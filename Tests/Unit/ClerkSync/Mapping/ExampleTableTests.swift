import SQLite
import TestSupport
import Testing

@testable import ClerkSync

/// The mapping files in conf/, each with a database of its schema.
@Suite struct ExampleTableTests {
  /// A file, its table's columns, and the row as JSON after a creation, an update and a deletion.
  struct Example: Sendable, CustomTestStringConvertible {
    let file: String
    let table: String
    let columns: String
    let created: String
    let updated: String
    /// The row of a softly deleted user.
    var deleted: String?

    var testDescription: String { file }
  }

  private static let examples = [
    Example(
      file: "drizzle", table: "users", columns: "id, clerk_id, email, name, role, created_at, updated_at",
      created: #"[1,"user_1","ada@example.org","Ada Lovelace","admin",1654012591,1700000000]"#,
      updated: #"[1,"user_1","eve@example.org","Eve","user",1654012591,1700000000]"#),
    Example(
      file: "laravel", table: "users",
      columns:
        "id, name, email, email_verified_at, password, remember_token, created_at, updated_at, clerk_id",
      created: """
        [1,"Ada Lovelace","ada@example.org",null,"",null,"2022-05-31 15:56:31","2023-11-14 22:13:20","user_1"]
        """,
      updated:
        #"[1,"Eve","eve@example.org",null,"",null,"2022-05-31 15:56:31","2023-11-14 22:13:20","user_1"]"#),
    Example(
      file: "one-name", table: "users", columns: "id, email, name, avatar, created_at, updated_at",
      created: #"["user_1","ada@example.org","Ada Lovelace","https://img/1",1654012591835,1700000000123]"#,
      updated: #"["user_1","eve@example.org","Eve","https://img/1",1654012591835,1700000000123]"#),
    Example(
      file: "organizations", table: "users", columns: "id, clerk_id, email, name",
      created: #"[1,"user_1","ada@example.org","Ada Lovelace"]"#,
      updated: #"[1,"user_1","eve@example.org","Eve"]"#),
    Example(
      file: "prisma", table: "User",
      columns: "id, clerkId, email, name, imageUrl, role, createdAt, updatedAt",
      created: """
        ["user_1","user_1","ada@example.org","Ada Lovelace","https://img/1","USER","2022-05-31T15:56:31.835Z",\
        "2023-11-14T22:13:20.123Z"]
        """,
      updated: """
        ["user_1","user_1","eve@example.org","Eve","https://img/1","ADMIN","2022-05-31T15:56:31.835Z",\
        "2023-11-14T22:13:20.123Z"]
        """),
    Example(
      file: "rails", table: "users",
      columns: "id, clerk_id, email, first_name, last_name, role, created_at, updated_at",
      created: """
        [1,"user_1","ada@example.org","Ada","Lovelace",0,"2022-05-31 15:56:31","2023-11-14 22:13:20"]
        """,
      updated: #"[1,"user_1","eve@example.org","Eve",null,0,"2022-05-31 15:56:31","2023-11-14 22:13:20"]"#),
    Example(
      file: "soft-deletion", table: "users",
      columns: "id, clerk_id, email, first_name, last_name, created_at, updated_at, deleted_at",
      created: """
        [1,"user_1","ada@example.org","Ada","Lovelace","2022-05-31T15:56:31.835Z","2023-11-14T22:13:20.123Z",null]
        """,
      updated: """
        [1,"user_1","eve@example.org","Eve",null,"2022-05-31T15:56:31.835Z","2023-11-14T22:13:20.123Z",null]
        """,
      deleted: """
        [1,"user_1",null,null,null,"2022-05-31T15:56:31.835Z","2023-11-14T22:13:20.123Z",\
        "2023-11-14T22:13:20.123Z"]
        """),
  ]

  private static let creation = [
    "created_at": "1654012591835", "image_url": #""https://img/1""#, "public_metadata": #"{"role":"admin"}"#,
  ]
  private static let change = [
    "created_at": "7", "image_url": #""https://img/1""#, "public_metadata": #"{"role":"ADMIN"}"#,
    "email_addresses": UserEvent.addresses("eve@example.org"), "first_name": #""Eve""#, "last_name": "null",
  ]

  private static func database(_ file: String) throws -> MappedDatabase {
    try MappedDatabase(ApplicationSchema.script(file), ConfigurationFile("tables/\(file).json5").text)
  }

  @Test(arguments: examples)
  func `An example keeps its table`(example: Example) throws {
    let database = try Self.database(example.file)
    let query = "SELECT json_array(\(example.columns)) FROM \(example.table)"
    #expect(try database.apply("user.created", Self.creation, at: 1) == .applied)
    #expect(try database.texts(query) == [example.created])
    #expect(try database.apply("user.updated", Self.change, at: 2) == .applied)
    #expect(try database.texts(query) == [example.updated])
    #expect(try database.apply("user.deleted", at: 3) == .applied)
    #expect(try database.texts(query) == [example.deleted].compactMap(\.self))
    #expect(try database.apply("user.updated", Self.creation, at: 4) == .stale)
    #expect(try database.texts(query) == [example.deleted].compactMap(\.self))
  }

  @Test func `The file of the built-in table keeps it`() throws {
    let database = try MappedDatabase("", ConfigurationFile("tables.json5").text)
    try UserStore(database: database.path).prepare()
    let query = "SELECT json_array(\(Mapping.builtInColumns)) FROM users"
    try database.apply("user.created", Self.creation, at: 1)
    #expect(
      try database.texts(query) == [
        #"["user_1","ada@example.org","Ada","Lovelace","",null,"admin",1700000000123,1700000000123]"#
      ])
    try database.apply("user.updated", Self.change, at: 2)
    #expect(
      try database.texts(query) == [
        #"["user_1","eve@example.org","Eve","","",null,"client",1700000000123,1700000000123]"#
      ])
    try database.apply("user.deleted", at: 3)
    #expect(try database.texts(query) == [])
  }

  @Test func `The file of the built-in table has the statements of the built-in mapping`() throws {
    let file = try Mapping(json5: ConfigurationFile("tables.json5").text)
    let statements = try [file, Mapping.builtIn].map { mapping in
      let all = try #require(mapping[.user]).statements
      return [
        all.insertion, all.update, all.adoption, all.deletion, all.comparison, all.owner, all.release,
      ].map { $0?.description }
    }
    #expect(statements[0] == statements[1])
    let events = try [file, Mapping.builtIn].map { try UserEvent().decode($0) }
    #expect(events[0] == events[1])
  }

  @Test(arguments: ["laravel", "soft-deletion"])
  func `An account from before Clerk keeps its row`(file: String) throws {
    let database = try Self.database(file)
    let names = file == "laravel" ? "name, password" : "created_at, updated_at"
    try database.executeText(
      "INSERT INTO users (id, email, \(names)) VALUES (7, 'ada@example.org', 'a', 'b')")
    #expect(try database.apply("user.created", Self.creation, at: 1) == .applied)
    #expect(try database.rows("id, clerk_id, email") == [["7", "user_1", "ada@example.org"]])
    #expect(
      try database.rows(file == "laravel" ? "password" : "created_at") == [[file == "laravel" ? "b" : "a"]])
  }

  @Test func `Memberships find the keys of their organizations and users`() throws {
    let database = try Self.database("organizations")
    let members = [
      "id": #""orgmem_1""#, "role": #""org:admin""#, "organization": #"{"id":"org_1"}"#,
      "public_user_data": #"{"user_id":"user_1"}"#,
    ]
    #expect(throws: StoreError.self) { try database.apply("organizationMembership.created", members, at: 1) }
    try database.executeText("INSERT INTO organizations (id, clerk_id, name) VALUES (8, 'org_0', 'x')")
    try database.apply(
      "organization.created", ["id": #""org_1""#, "name": #""Acme""#, "slug": "null"], at: 1)
    try database.apply("user.created", at: 1)
    try database.apply("organizationMembership.created", members, at: 1)
    try database.apply(
      "organizationMembership.updated", members.merging(["role": #""org:member""#]) { $1 }, at: 2)
    let query = "SELECT json_array(clerk_id, organization_id, user_id, role) FROM memberships"
    #expect(try database.texts(query) == [#"["orgmem_1",9,1,"org:member"]"#])
    try database.apply("organizationMembership.deleted", members, at: 3)
    #expect(try database.texts(query) == [])
    try database.apply("organization.deleted", ["id": #""org_1""#], at: 3)
    #expect(try database.texts("SELECT clerk_id FROM organizations") == ["org_0"])
  }

  @Test(arguments: [
    "team: 'organization.id', person: 'public_user_data.user_id'",
    """
    team: { lookup: { table: 'teams', where: { clerk_id: 'organization.id' }, take: 'id' } },
    person: { lookup: { table: 'people', where: { clerk_id: 'public_user_data.user_id' }, take: 'id' } }
    """,
  ])
  func `A membership can be identified by the pair`(key: String) throws {
    let isLookup = key.contains("lookup")
    let database = try MappedDatabase(
      """
      CREATE TABLE teams (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE);
      CREATE TABLE people (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE);
      INSERT INTO teams VALUES (1, 'org_1'), (2, 'org_2');
      INSERT INTO people VALUES (7, 'user_1'), (8, 'user_2');
      CREATE TABLE members (team NOT NULL, person NOT NULL, role TEXT, PRIMARY KEY (person, team)) WITHOUT ROWID;
      """,
      "{ organizationMembership: { table: 'members', key: { \(key) }, columns: { role: 'role' } } }")
    func apply(_ type: String, _ organization: String?, _ user: String, _ role: String, at time: Int64) throws
    {
      try database.apply(
        "organizationMembership.\(type)",
        [
          "id": "\"orgmem_\(user)\"", "role": "\"\(role)\"", "public_user_data": #"{"user_id":"\#(user)"}"#,
          "organization": organization.map { #"{"id":"\#($0)"}"# } ?? "{}",
        ], at: time)
    }
    try apply("created", "org_1", "user_1", "a", at: 1)
    try apply("created", "org_2", "user_2", "b", at: 1)
    try apply("updated", "org_2", "user_2", "c", at: 2)
    try apply("deleted", "org_1", "user_1", "a", at: 2)
    let pair = isLookup ? "[2,8," : #"["org_2","user_2","#
    #expect(try database.texts("SELECT json_array(team, person, role) FROM members") == ["\(pair)\"c\"]"])
    #expect(throws: EventError.malformed(reason: "data lacks \"organization.id\"")) {
      try apply("created", nil, "user_1", "a", at: 1)
    }
    if isLookup {
      #expect(throws: StoreError.self) { try apply("created", "org_3", "user_2", "a", at: 9) }
    }
  }
}
