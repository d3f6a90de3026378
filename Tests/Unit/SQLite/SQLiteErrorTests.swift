import SQLite
import TestSupport
import Testing

@Suite struct SQLiteErrorTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test(arguments: [
    Case("unique", .constraint, 2067, "INSERT INTO t VALUES (2, 'taken', 1)"),
    Case("primary key", .constraint, 1555, "INSERT INTO t VALUES (1, 'free', 1)"),
    Case("not null", .constraint, 1299, "INSERT INTO t VALUES (2, NULL, 1)"),
    Case("check", .constraint, 275, "INSERT INTO t VALUES (2, 'free', -1)"),
    Case("foreign key", .constraint, 787, "DELETE FROM t WHERE id = 1"),
    Case("trigger", .constraint, 1811, "UPDATE t SET name = 'secret value'"),
    Case("no table", .schema, 1, "INSERT INTO missing VALUES (1)"),
    Case("no column", .schema, 1, "INSERT INTO t (missing) VALUES (1)"),
    Case("no SQL", .schema, 1, "INSRT"),
    Case("wrong type", .other, 20, "INSERT INTO t VALUES ('secret value', 'free', 1)"),
  ])
  func `A statement's error has the kind and the extended code`(failing: Case) throws {
    let connection = try table()
    let error = #expect(throws: SQLiteError.self) { try connection.run(failing.sql) }
    #expect(error?.kind == failing.kind)
    #expect(error?.code == failing.code)
    #expect(error?.description.hasSuffix(" (SQLite result code \(failing.code))") == true)
    #expect(error?.description.contains("secret value") == false)
  }

  @Test func `The text that a trigger raises is not repeated`() throws {
    let connection = try table()
    for sql in ["UPDATE t SET name = 'secret value'", "DELETE FROM other"] as [SQL] {
      let error = #expect(throws: SQLiteError.self) { try connection.run(sql) }
      #expect(error?.message == "a trigger refused the change")
    }
  }

  @Test func `A function's message about its argument is not repeated`() throws {
    let connection = try table()
    let error = #expect(throws: SQLiteError.self) {
      try connection.run("SELECT json_extract('{}', name) FROM (SELECT 'secret value' AS name)")
    }
    #expect(error?.message == "SQL logic error")
  }

  @Test func `The error names a table that was dropped after its statement was compiled`() throws {
    let connection = try table()
    try connection.run("SELECT n FROM t")
    try connection.run("DROP TABLE other")
    try connection.run("DROP TABLE t")
    let error = #expect(throws: SQLiteError.self) { try connection.run("SELECT n FROM t") }
    #expect(error?.message == "no such table: t")
  }

  @Test func `The error names a unique constraint, but not the value`() throws {
    let connection = try table()
    let error = #expect(throws: SQLiteError.self) {
      try connection.run("INSERT INTO t VALUES (2, 'taken', 1)")
    }
    #expect(error?.message == "UNIQUE constraint failed: t.name")
  }

  @Test func `A database without write access is read-only`() throws {
    let connection = try table()
    try connection.run("PRAGMA query_only = ON")
    let error = #expect(throws: SQLiteError.self) { try connection.run("DELETE FROM t") }
    #expect(error?.kind == .readOnly)
  }

  @Test func `A database at its size limit is full`() throws {
    let connection = try table()
    try connection.run("PRAGMA max_page_count = 1")
    let error = #expect(throws: SQLiteError.self) {
      try connection.run("INSERT INTO t VALUES (2, hex(zeroblob(100000)), 1)")
    }
    #expect(error?.kind == .full)
  }

  @Test func `A file of another kind is not a database`() throws {
    let path = try folder.write(String(repeating: "not a database ", count: 100), to: "notes.txt")
    let connection = try Connection.open(path)
    let error = #expect(throws: SQLiteError.self) { try connection.run("CREATE TABLE t (a)") }
    #expect(error?.kind == .notADatabase)
  }

  @Test func `A folder cannot be opened as a database`() throws {
    let error = #expect(throws: SQLiteError.self) { _ = try Connection.open(folder.path) }
    #expect(error?.kind == .cannotOpen)
    #expect(error?.message.hasPrefix("unable to open database file") == true)
  }

  private func table() throws -> Connection {
    let connection = try Connection.open(folder.file("app.db"))
    for sql in [
      "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, n INTEGER CHECK (n > 0))",
      "CREATE TABLE other (id INTEGER REFERENCES t)",
      "INSERT INTO t VALUES (1, 'taken', 1)",
      "INSERT INTO other VALUES (1)",
      """
      CREATE TRIGGER updating BEFORE UPDATE ON t BEGIN SELECT RAISE(ABORT, 'secret value'); END
      """,
      """
      CREATE TRIGGER deleting BEFORE DELETE ON other BEGIN SELECT RAISE(ROLLBACK, 'secret value'); END
      """,
    ] as [SQL] {
      try connection.run(sql)
    }
    return connection
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kind: SQLiteError.Kind
    let code: Int32
    let sql: SQL

    init(_ name: String, _ kind: SQLiteError.Kind, _ code: Int32, _ sql: SQL) {
      (testDescription, self.kind, self.code, self.sql) = (name, kind, code, sql)
    }
  }
}
