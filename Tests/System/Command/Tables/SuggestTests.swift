import Foundation
import TestSupport
import Testing

@Suite(.programs) struct SuggestTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Creates the database with these statements, and returns what is suggested for it.
  private func suggest(_ script: String) throws -> (text: String, mapping: JSON5Value) {
    try ApplicationSchema.run(script, at: folder.file("app.db"))
    let before = FileManager.default.contents(atPath: folder.file("app.db"))
    let command = try Command.run(["tables", "suggest", "--database", "app.db"], in: folder)
    #expect(command.status == 0)
    #expect(command.errors.isEmpty, "\(command.errors)")
    #expect(FileManager.default.contents(atPath: folder.file("app.db")) == before)
    return (command.output, try JSON5Value(json5: command.output))
  }

  @Test(arguments: SuggestCases.all)
  func `A schema has its mapping`(name: String, expected: String) throws {
    let suggestion = try suggest(ApplicationSchema.script(name))
    #expect(suggestion.mapping == (try JSON5Value(json5: expected)), "\(suggestion.text)")
  }

  @Test(
    arguments: [
      ("TEXT DEFAULT CURRENT_TIMESTAMP", nil, "datetime"), ("INTEGER DEFAULT (unixepoch())", nil, "s"),
      ("INTEGER DEFAULT (strftime('%s', 'now'))", nil, "s"),
      ("INTEGER DEFAULT (unixepoch() * 1000)", nil, "ms"), ("TEXT", nil, "iso"), ("INTEGER", nil, "ms"),
      ("INTEGER", "1700000000", "s"), ("INTEGER", "1700000000123", "ms"), ("REAL", "1700000000.5", "s"),
      ("DATETIME DEFAULT CURRENT_TIMESTAMP", "1700000000123", "ms"),
      ("DATETIME", "'2026-01-31T10:00:00.000Z'", "iso"), ("INTEGER", "'2026-01-31 10:00:00'", "datetime"),
      ("TEXT DEFAULT (datetime('now'))", nil, "datetime"),
      ("TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))", nil, "iso"),
      ("INTEGER DEFAULT (unixepoch())", "1700000000123), (1700000000", "s"),
    ])
  func `The format of a time is that of the newest row, or else of the default or the type`(
    type: String, row: String?, format: String
  ) throws {
    let insertion = row.map { "INSERT INTO users (updated_at) VALUES (\($0));" } ?? ""
    let mapping = try suggest(
      "CREATE TABLE users (clerk_id TEXT UNIQUE, email TEXT, updated_at \(type)); \(insertion)"
    ).mapping
    #expect(mapping["user"]?["columns"]?["updated_at"] == .object(["now": .text(format)]))
  }

  @Test func `No value of a row is printed`() throws {
    let text = try suggest(
      """
      CREATE TABLE people (id TEXT PRIMARY KEY, email TEXT, name TEXT NOT NULL, role TEXT, created_at TEXT, bio TEXT);
      INSERT INTO people VALUES ('secret1', 'secret2', 'secret3', 'secret4', 'secret5', 'secret6');
      """
    ).text
    #expect(!text.contains("secret"))
  }

  @Test func `Names of any kind are quoted, and break out of no comment`() throws {
    let (text, mapping) = try suggest(
      """
      CREATE TABLE "app-users" (id INTEGER PRIMARY KEY, "clerk id" TEXT UNIQUE, "e-mail" TEXT, "1st name" TEXT,
        "first""name" TEXT, größe TEXT, "x\n} ,\u{2028}{" TEXT, "y\r*/" INTEGER NOT NULL);
      """)
    #expect(mapping.keys == ["user"])
    #expect(mapping["user"]?["table"] == .text("app-users"))
    #expect(mapping["user"]?["key"]?.keys == ["clerk id"])
    #expect(mapping["user"]?["columns"]?.keys == ["e-mail", "first\"name"])
    #expect(mapping["user"]?["insert"]?.keys == ["y\r*/"])
    #expect(text.contains("//   größe: no field of Clerk's has this name\n"))
  }

  @Test func `The likeliest table is taken, and the others are named`() throws {
    let (text, mapping) = try suggest(
      """
      CREATE TABLE Account (id TEXT PRIMARY KEY, userId TEXT, provider TEXT);
      CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT);
      CREATE TABLE profiles (id INTEGER PRIMARY KEY, email TEXT);
      CREATE TABLE app_user (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE, email TEXT);
      """)
    #expect(mapping["user"]?["table"] == .text("app_user"))
    #expect(text.contains("// Other tables that may hold users: profiles, customers.\n"))
  }

  @Test func `Accounts from before Clerk are matched by their address`() throws {
    let table = "CREATE TABLE users (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE, mail TEXT UNIQUE);"
    let mapping = try suggest(table + "INSERT INTO users (mail) VALUES ('a@example.org')").mapping
    #expect(mapping["user"]?["match"] == .object(["mail": .text("email")]))
    try ApplicationSchema.run("UPDATE users SET clerk_id = 'user_1'", at: folder.file("app.db"))
    #expect(try suggest("").mapping["user"]?["match"] == nil)
  }

  @Test func `A table without a column for Clerk's id needs one`() throws {
    let (text, mapping) = try suggest(
      """
      CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT NOT NULL, createdAt INTEGER);
      INSERT INTO users VALUES ('8a1c', 'a@example.org', 1);
      """)
    #expect(mapping["user"]?["key"] == .object(["clerkId": .text("id")]))
    #expect(mapping["user"]?["match"] == .object(["email": .text("email")]))
    #expect(text.contains("Add clerkId TEXT to users"))
  }

  @Test(
    arguments: [
      ("external_id TEXT UNIQUE, id INTEGER PRIMARY KEY", "external_id", []),
      ("authId TEXT UNIQUE, id INTEGER PRIMARY KEY", "authId", []),
      ("id TEXT PRIMARY KEY, clerkId TEXT NOT NULL UNIQUE, external_id TEXT", "clerkId", ["external_id"]),
      ("id TEXT PRIMARY KEY", "id", []),
    ])
  func `The column for Clerk's id is found`(columns: String, key: String, others: [String]) throws {
    let mapping = try suggest("CREATE TABLE users (\(columns), email TEXT)").mapping
    #expect(mapping["user"]?["key"] == .object([key: .text("id")]))
    #expect(mapping["user"]?["columns"]?.keys == ["email"] + others)
  }

  @Test func `What cannot be decided is said`() throws {
    let (text, mapping) = try suggest(
      """
      CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);
      CREATE TABLE users (clerk_id TEXT, email TEXT NOT NULL, username TEXT NOT NULL UNIQUE, code TEXT NOT NULL UNIQUE,
        team INTEGER NOT NULL REFERENCES teams, plan TEXT NOT NULL CHECK (plan IN ('free', 'paid')),
        role TEXT NOT NULL CHECK (role IN ('owner', 'viewer', 'editor')), emailVerified DATETIME, phone INTEGER,
        deleted_at INTEGER, sum INTEGER AS (1));
      """)
    for line in [
      "clerk_id: \"id\",  // check: not unique yet",
      "username: \"username\",  // check: NOT NULL and unique",
      "plan: { value: \"free\" },  // check: ",
      "oneOf: [\"owner\", \"viewer\", \"editor\"], else: \"viewer\" },  // check: is viewer the least",
      "//   code: check: NOT NULL, unique",
      "//   team: check: NOT NULL without a default, and references teams",
      "//   emailVerified: a time", "//   phone: INTEGER", "//   sum: generated",
      "teams looks like a table of organizations, but has no column for Clerk's id",
    ] { #expect(text.contains(line), "\(line) in \(text)") }
    #expect(
      mapping["user"]?["onDelete"] == .object(["set": .object(["deleted_at": .object(["now": .text("ms")])])])
    )
  }

  @Test func `References of organizations lead to the keys that the application has`() throws {
    let mapping = try suggest(
      """
      CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT);
      CREATE TABLE orgs (id INTEGER PRIMARY KEY, clerk_org_id TEXT NOT NULL UNIQUE, title TEXT, owner_id TEXT REFERENCES
        users, logo TEXT);
      CREATE TABLE org_members (id TEXT PRIMARY KEY, org_id INTEGER NOT NULL, user_id TEXT NOT NULL, role TEXT NOT NULL
        CHECK (role IN ('org:admin', 'org:member')), joined_at INTEGER DEFAULT (unixepoch()));
      CREATE TABLE projects (id INTEGER PRIMARY KEY, org_id INTEGER, user_id TEXT);
      """
    ).mapping
    let expected = try JSON5Value(
      json5: """
        {
          organization: {
            table: "orgs", key: { clerk_org_id: "id" },
            columns: { owner_id: "created_by", logo: "image_url" }, onDelete: "delete",
          },
          organizationMembership: {
            table: "org_members", key: { id: "id" },
            columns: {
              org_id: { lookup: { table: "orgs", where: { clerk_org_id: "organization.id" }, take: "id" } },
              user_id: "public_user_data.user_id",
              role: { from: "role", oneOf: ["org:admin", "org:member"], else: "org:member" },
            },
            insert: { joined_at: { from: "created_at", as: "s" } },
            onDelete: "delete",
          },
        }
        """)
    #expect(mapping["organization"] == expected["organization"])
    #expect(mapping["organizationMembership"] == expected["organizationMembership"])
  }

  @Test func `A membership without an id of its own has the pair as its key`() throws {
    let mapping = try suggest(
      """
      CREATE TABLE users (clerk_id TEXT PRIMARY KEY, email TEXT);
      CREATE TABLE teams (clerk_id TEXT PRIMARY KEY, name TEXT NOT NULL);
      CREATE TABLE team_users (team_id TEXT REFERENCES teams, user_id TEXT REFERENCES users, role TEXT,
        PRIMARY KEY (team_id, user_id)) WITHOUT ROWID;
      """
    ).mapping
    let key = ["team_id": JSON5Value.text("organization.id"), "user_id": .text("public_user_data.user_id")]
    #expect(mapping["organizationMembership"]?["key"] == .object(key))
    #expect(mapping["organizationMembership"]?["columns"] == .object(["role": .text("role")]))
  }

  @Test(arguments: [
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, email TEXT)", "CREATE VIEW users AS SELECT 1 AS email", "",
  ])
  func `A database without users gets no mapping`(script: String) throws {
    try ApplicationSchema.run(script + "; PRAGMA user_version = 1", at: folder.file("app.db"))
    let command = try Command.run(["tables", "suggest", "--database", "app.db"], in: folder)
    #expect(command.status == 1)
    #expect(command.output.isEmpty)
    #expect(
      command.errors.hasPrefix(
        "clerk-sync: app.db: no table looks like one of users: looked for users, accounts"))
    #expect(command.errors.contains("clerk-sync init makes a users table"))
    #expect(command.errors.split(separator: "\n").count == 1)
  }

  @Test func `A missing database is not created`() throws {
    let command = try Command.run(["tables", "suggest", "--database", "app.db"], in: folder)
    #expect(command.status == 2)
    #expect(command.errors.contains("app.db does not exist yet"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("app.db")))
  }
}
