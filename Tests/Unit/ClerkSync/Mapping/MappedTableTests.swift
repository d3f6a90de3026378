import SQLite
import TestSupport
import Testing

@testable import ClerkSync

/// Tables of applications, each with a mapping.
@Suite struct MappedTableTests {
  @Test func `An application's own key, names and times are used`() throws {
    let database = try MappedDatabase(
      """
      CREATE TABLE users (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, clerk_id text NOT NULL UNIQUE,
        email text NOT NULL, name text, created_at text NOT NULL, updated_at text DEFAULT CURRENT_TIMESTAMP NOT NULL)
      """,
      """
      { user: { table: 'users', key: { clerk_id: 'id' }, columns: { email: 'email', name: 'name',
        updated_at: { now: 'iso' } }, insert: { created_at: { from: 'created_at', as: 'iso' } } } }
      """)
    try database.apply("user.created", ["created_at": "1654012591835"], at: 1)
    #expect(
      try database.rows("id, clerk_id, email, name, created_at, updated_at") == [
        [
          "1", "user_1", "ada@example.org", "Ada Lovelace", "2022-05-31T15:56:31.835Z",
          "2023-11-14T22:13:20.123Z",
        ]
      ])
    try database.apply("user.updated", ["first_name": #""Eve""#, "created_at": "7"], at: 2)
    #expect(try database.rows("id, name, created_at") == [["1", "Eve Lovelace", "2022-05-31T15:56:31.835Z"]])
    try database.apply("user.deleted", at: 3)
    #expect(try database.rows("id") == [])
    #expect(try database.apply("user.updated", at: 4) == .stale)
    #expect(try database.rows("id") == [])
  }

  @Test(arguments: [
    (#""text""#, "'text'"), ("7", "7"), ("-9223372036854775808", "-9223372036854775808"), ("2.5", "2.5"),
    ("1e300", "1.0e+300"), ("true", "1"), ("false", "0"), ("null", "NULL"),
    (#"{"b":[1,null],"a":"é/"}"#, #"'{"a":"é/","b":[1,null]}'"#), ("[]", "'[]'"), (#""'; --""#, "'''; --'"),
  ])
  func `A value keeps its kind`(json: String, literal: String) throws {
    let database = try MappedDatabase(
      "CREATE TABLE users (id TEXT PRIMARY KEY, value)",
      "{ user: { table: 'users', key: { id: 'id' }, columns: { value: 'public_metadata.value' } } }")
    try database.apply("user.created", ["public_metadata": #"{"value":\#(json)}"#], at: 1)
    #expect(try database.rows("quote(value)") == [[literal]])
  }

  @Test func `Computed names are those of the primary address and number`() throws {
    let database = try MappedDatabase(
      "CREATE TABLE users (id TEXT PRIMARY KEY, email, verified, phone, name, raw)",
      """
      { user: { table: 'users', key: { id: 'id' }, columns: { email: 'email', verified: 'email_verified',
        phone: 'phone', name: 'name', raw: 'object' } } }
      """)
    try database.apply(
      "user.created",
      [
        "email_addresses": """
        [{"id":"idn_0","email_address":"other@example.org"},
         {"id":"idn_1","email_address":"ada@example.org","verification":{"status":"verified"}}]
        """,
        "phone_numbers": #"[{"id":"idn_2","phone_number":"+15555550100"}]"#,
        "primary_phone_number_id": #""idn_2""#,
        "last_name": "null", "private_metadata": #"{"secret":1}"#, "unsafe_metadata": #"{"b":1,"a":2}"#,
      ], at: 1)
    #expect(
      try database.rows(
        "email, verified, phone, name, raw ->> '$.unsafe_metadata', raw ->> '$.private_metadata'")
        == [["ada@example.org", "1", "+15555550100", "Ada", #"{"a":2,"b":1}"#, nil]])
  }

  @Test func `A fallback stands for null, absent and unknown values, and an unknown one is reported`() throws
  {
    let database = try MappedDatabase(
      "CREATE TABLE users (id TEXT PRIMARY KEY, role TEXT CHECK (role IN ('USER', 'ADMIN')), plan TEXT)",
      """
      { user: { table: 'users', key: { id: 'id' }, columns: {
        role: { from: 'public_metadata.role', oneOf: ['USER', 'ADMIN'], else: 'USER' },
        plan: { from: 'public_metadata.plan', else: 'free' } } } }
      """)
    for (metadata, role, plan, isReported) in [
      (#"{"role":"ADMIN","plan":"pro"}"#, "ADMIN", "pro", false), ("{}", "USER", "free", false),
      (#"{"role":null,"plan":null}"#, "USER", "free", false), (#"{"role":"admin"}"#, "USER", "free", true),
      ("[]", "USER", "free", true),
    ] {
      let event = try database.event("user.updated", ["public_metadata": metadata], at: 1)
      #expect(event.warnings.isEmpty != isReported)
      #expect(
        event.warnings.allSatisfy {
          $0 == "public_metadata.role is none of the texts in oneOf; stored as USER"
        })
      _ = try database.store.apply(event)
      #expect(try database.rows("role, plan") == [[role, plan]])
    }
  }

  @Test func `A column is kept if its field is absent, not if it is null`() throws {
    let database = try MappedDatabase(
      "CREATE TABLE users (id TEXT PRIMARY KEY, nick TEXT, other TEXT)",
      """
      { user: { table: 'users', key: { id: 'id' }, columns: { nick: { from: 'username', absent: 'keep' },
        other: 'first_name' } } }
      """)
    try database.apply("user.created", ["username": #""ada""#], at: 1)
    try database.apply("user.updated", ["first_name": #""Eve""#], at: 2)
    #expect(try database.rows("nick, other") == [["ada", "Eve"]])
    try database.apply("user.updated", ["username": "null"], at: 3)
    #expect(try database.rows("nick") == [[nil]])
  }

  @Test func `A row without a key becomes the user's that it matches`() throws {
    let database = try MappedDatabase(
      """
      CREATE TABLE users (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE, email TEXT UNIQUE, password TEXT NOT NULL)
      """,
      """
      { user: { table: 'users', key: { clerk_id: 'id' }, columns: { email: 'email' }, match: { email: 'email' },
        insert: { password: { value: '' } } } }
      """)
    try database.execute(
      "INSERT INTO users VALUES (7, NULL, 'ada@example.org', 'hash'), (8, NULL, 'eve@example.org', 'x')")
    try database.apply("user.created", at: 1)
    #expect(try database.rows("id, clerk_id, password") == [["7", "user_1", "hash"], ["8", nil, "x"]])
    try database.apply("user.updated", ["email_addresses": UserEvent.addresses("new@example.org")], at: 2)
    #expect(try database.rows("id, email") == [["7", "new@example.org"], ["8", "eve@example.org"]])
  }

  @Test func `A user who is deleted softly stays so`() throws {
    let database = try MappedDatabase(
      "CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT UNIQUE, deleted_at TEXT)",
      """
      { user: { table: 'users', key: { id: 'id' }, columns: { email: 'email' },
        onDelete: { set: { deleted_at: { now: 'iso' }, email: { value: 'gone-{id}' } } } } }
      """)
    try database.apply("user.created", at: 1)
    try database.apply("user.deleted", at: 5)
    let deleted = [["user_1", "gone-user_1", "2023-11-14T22:13:20.123Z"]]
    #expect(try database.rows("id, email, deleted_at") == deleted)
    #expect(try database.apply("user.updated", at: 9) == .stale)
    #expect(try database.rows("id, email, deleted_at") == deleted)
  }

  @Test(
    arguments: [("null", nil), ("{id}@no-email.invalid", "user_1@no-email.invalid")] as [(String, String?)])
  func `A user without an address is stored if the mapping says how`(rule: String, email: String?) throws {
    let database = try MappedDatabase(
      "CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT UNIQUE)",
      "{ user: { table: 'users', key: { id: 'id' }, columns: { email: 'email' }, withoutEmail: '\(rule)' } }")
    try database.apply("user.created", ["email_addresses": "[]", "primary_email_address_id": "null"], at: 1)
    #expect(try database.rows("id, email") == [["user_1", email]])
  }

  @Test(arguments: [
    "users", "User", "order", "a b", "it's", #"quo"te"#, "back`tick", "[x]", "semi;colon", "-- x", "/* x */",
    "?1", "é",
    "main.users", String(repeating: "x", count: 1000), "\u{1}", "ta\tb\n",
  ])
  func `A name never changes what the SQL does`(name: String) throws {
    let quoted = "\"\(name.replacing("\"", with: "\"\""))\""
    let json = try #require(JSONTree.text(name).json)
    let database = try MappedDatabase(
      "CREATE TABLE other (id)",
      """
      { user: { table: \(json), key: { "k \(json.dropFirst().dropLast())": 'id' }, columns: { \(json): 'email' } } }
      """)
    try database.executeText(
      "CREATE TABLE \(quoted) (\"k \(quoted.dropFirst()) TEXT PRIMARY KEY, \(quoted) TEXT UNIQUE)")
    try database.apply("user.created", at: 1)
    try database.apply("user.updated", ["email_addresses": UserEvent.addresses("new@example.org")], at: 2)
    #expect(try database.texts("SELECT \(quoted) FROM \(quoted)") == ["new@example.org"])
    #expect(try database.store.users(UserFilter(email: "new@example.org"), limit: 9).map(\.id) == ["user_1"])
    try database.apply("user.deleted", at: 3)
    #expect(try database.texts("SELECT \(quoted) FROM \(quoted)") == [])
    #expect(try database.texts("SELECT count(*) FROM other") == ["0"])
  }
}
