import TestSupport
import Testing

@testable import ClerkSync

@Suite struct DatabaseSchemaTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
  }

  private func table(_ name: String) throws -> DatabaseSchema.Table {
    try #require(try database.store.schema().table(name))
  }

  @Test func `A column has its type, default, key position and whether it is generated`() throws {
    try database.execute(
      """
      CREATE TABLE "a b" (id integer PRIMARY KEY, "x""y" varchar(9) NOT NULL DEFAULT 'it''s', plain,
        sum INTEGER GENERATED ALWAYS AS (id + 1))
      """)
    let table = try table("A B")
    #expect(table.columns.map(\.name) == ["id", "x\"y", "plain", "sum"])
    #expect(table.columns.map(\.type) == ["INTEGER", "VARCHAR(9)", "", "INTEGER"])
    #expect(table.columns.map(\.isNotNull) == [false, true, false, false])
    #expect(table.columns.map(\.defaultValue) == [nil, "'it''s'", nil, nil])
    #expect(table.columns.map(\.primaryKeyPosition) == [1, 0, 0, 0])
    #expect(table.columns.map(\.isGenerated) == [false, false, false, true])
    #expect(table.rowIDAlias?.name == "id")
  }

  @Test func `A column is unique only by an index on it alone and without a condition`() throws {
    try database.execute(
      "CREATE TABLE t (a TEXT PRIMARY KEY, b UNIQUE, c, d, e, UNIQUE (c, d))",
      "CREATE UNIQUE INDEX partial ON t (e) WHERE e > 0", "CREATE UNIQUE INDEX expression ON t (lower(d))",
      "CREATE INDEX plain ON t (c)")
    let table = try table("t")
    #expect(table.columns.filter(table.isUnique).map(\.name) == ["a", "b"])
    #expect(table.uniqueIndexes.filter(\.isPartial).map(\.columns) == [["e"]])
    #expect(Set(table.uniqueIndexes.map(\.columns)) == [["a"], ["b"], ["c", "d"], ["e"]])
    #expect(table.rowIDAlias == nil)
  }

  @Test func `A foreign key of several columns is one`() throws {
    try database.execute(
      "CREATE TABLE t (a REFERENCES u, b, c, FOREIGN KEY (b, c) REFERENCES v (x, y) ON DELETE CASCADE)")
    let table = try table("t")
    #expect(
      table.foreignKeys == [
        .init(table: "v", from: ["b", "c"], to: ["x", "y"], onDelete: "CASCADE"),
        .init(table: "u", from: ["a"], to: [], onDelete: "NO ACTION"),
      ])
    #expect(try table.foreignKey(of: #require(table.column("A")))?.table == "u")
    #expect(try table.foreignKey(of: #require(table.column("b"))) == nil)
  }

  @Test func `The tables of the sync, of SQLite and of migrations are left out, and views are not`() throws {
    try database.store.prepare()
    try database.execute(
      "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT) STRICT", "CREATE TABLE _prisma_migrations (id)",
      "CREATE TABLE w (k TEXT PRIMARY KEY) WITHOUT ROWID", "CREATE VIEW everybody AS SELECT id FROM users",
      "CREATE VIEW broken AS SELECT * FROM gone")
    let tables = try database.store.schema().tables
    #expect(tables.map(\.name) == ["broken", "everybody", "t", "users", "w"])
    #expect(tables.map(\.isView) == [true, true, false, false, false])
    #expect(tables.map(\.isWithoutRowID) == [false, false, false, false, true])
    #expect(tables[0].columns.isEmpty)
    #expect(tables[1].columns.map(\.name) == ["id"])
  }

  @Test(
    arguments: [
      ("CREATE TABLE t (role TEXT CHECK (role IN ('USER','ADMIN')))", ["USER", "ADMIN"]),
      ("CREATE TABLE t (\"role\" varchar check (\"role\" in ('a', 'it''s')) not null)", ["a", "it's"]),
      ("CREATE TABLE t (role, CONSTRAINT c CHECK(\"t\".\"role\" IN ('a')))", ["a"]),
      ("CREATE TABLE t (role, n, CHECK (n > 0 AND (role IN ('a', 'b') OR role IS NULL)))", ["a", "b"]),
      ("CREATE TABLE t ([role] /* CHECK (role IN ('x')) */ CHECK (-- ' \n `Role` IN ('a')))", ["a"]),
      ("CREATE TABLE t (role CHECK (role NOT IN ('a')))", []),
      ("CREATE TABLE t (role CHECK (role IN ('a', 1)))", []),
      ("CREATE TABLE t (role CHECK (role IN ()))", []),
      ("CREATE TABLE t (role DEFAULT ('role IN (''a'')'))", []),
      ("CREATE TABLE t (other CHECK (other IN ('a')), role)", []),
      ("CREATE TABLE t (role TEXT GENERATED ALWAYS AS (iif(role2 IN ('a'), 1, 0)), role2)", []),
    ] as [(StaticString, [String])])
  func `A CHECK that lists words limits its column`(sql: StaticString, words: [String]) throws {
    try database.execute(sql)
    #expect(try table("t").column("role")?.words == words)
  }

  @Test(
    arguments: [
      ("User", "CREATE TABLE User (id INTEGER PRIMARY KEY, email TEXT)"),
      ("app_users", "CREATE TABLE app_users (id TEXT PRIMARY KEY, email TEXT)"),
      ("Accounts", "CREATE TABLE Accounts (id INTEGER PRIMARY KEY, emailAddress TEXT)"),
      ("profiles", "CREATE TABLE profiles (id INTEGER PRIMARY KEY, clerk_user_id TEXT)"),
      ("trainers", "CREATE TABLE trainers (id INTEGER PRIMARY KEY, clerkId TEXT, email TEXT)"),
      (nil, "CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER)"),
      (nil, "CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT)"),
      (nil, "CREATE TABLE user_sessions (id TEXT PRIMARY KEY, user_email TEXT, email TEXT)"),
      (nil, "CREATE TABLE members (id INTEGER PRIMARY KEY, clerk_id TEXT, user_id INT, team_id INT)"),
      (nil, "CREATE VIEW User AS SELECT 1 AS id, 'x' AS email"),
    ] as [(String?, StaticString)])
  func `Nothing is created beside another table that certainly holds users`(
    name: String?, sql: StaticString
  ) throws {
    try database.execute(sql)
    let before = try database.column("SELECT sql FROM sqlite_schema ORDER BY name")
    let use: [() throws -> Void] = [
      { try database.store.prepare() }, { try database.store.create(.ada()) },
      { try database.store.delete("user_1") },
    ]
    for use in use {
      guard let name else {
        try use()
        continue
      }
      #expect(throws: StoreError.otherUserTable(name: name, database: database.path)) { try use() }
    }
    if name != nil { #expect(try database.column("SELECT sql FROM sqlite_schema ORDER BY name") == before) }
  }
}
