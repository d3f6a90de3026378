import SQLite
import TestSupport
import Testing

@Suite struct TransactionTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("app.db")
    try Connection.open(path).run(
      """
      CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)
      """)
  }

  @Test func `A transaction commits when its body returns, and passes its result on`() throws {
    let connection = try Connection.open(path)
    let result = try connection.transaction { () throws(SQLiteError) in
      try connection.run("INSERT INTO t VALUES (1, NULL)")
      return 42
    }
    #expect(result == 42)
    #expect(try rows() == ["1"])
  }

  @Test func `If the body throws, its writes are rolled back and its error is rethrown`() throws {
    let connection = try Connection.open(path)
    let error = #expect(throws: SQLiteError.self) {
      try connection.transaction { () throws(SQLiteError) in
        try connection.run("INSERT INTO t VALUES (1, NULL)")
        try connection.run("INSERT INTO missing VALUES (1)")
      }
    }
    #expect(error?.message == "no such table: missing")
    #expect(try rows() == [])
  }

  @Test func `If COMMIT fails, the writes are rolled back`() throws {
    let connection = try Connection.open(path)
    let error = #expect(throws: SQLiteError.self) {
      try connection.transaction { () throws(SQLiteError) in
        try connection.run("INSERT INTO t VALUES (1, 2)")
      }
    }
    #expect(error?.kind == .constraint)
    #expect(try rows() == [])
  }

  @Test func `An error that has already rolled back is rethrown unchanged`() throws {
    let connection = try Connection.open(path)
    let error = #expect(throws: SQLiteError.self) {
      try connection.transaction { () throws(SQLiteError) in
        try connection.run("INSERT INTO t VALUES (1, NULL)")
        try connection.run("INSERT OR ROLLBACK INTO t VALUES (1, NULL)")
      }
    }
    #expect(error?.message == "UNIQUE constraint failed: t.a")
    #expect(try rows() == [])
  }

  @Test func `The connection is usable after a failed transaction`() throws {
    let connection = try Connection.open(path)
    #expect(throws: SQLiteError.self) {
      try connection.transaction { () throws(SQLiteError) in
        try connection.run("INSERT INTO t VALUES (1, 2)")
      }
    }
    try connection.transaction { () throws(SQLiteError) in
      try connection.run("INSERT INTO t VALUES (3, NULL)")
    }
    #expect(try rows() == ["3"])
  }

  @Test func `The write lock is taken before the body runs`() throws {
    let connection = try Connection.open(path)
    let other = try Connection.open(path)
    try connection.transaction { () throws(SQLiteError) in
      let error = #expect(throws: SQLiteError.self) { try other.run("BEGIN IMMEDIATE") }
      #expect(error?.kind == .busy)
    }
  }

  @Test func `The body does not run without the write lock`() throws {
    let connection = try Connection.open(path)
    let other = try Connection.open(path)
    try other.run("BEGIN IMMEDIATE")
    var hasRun = false
    let error = #expect(throws: SQLiteError.self) {
      try connection.transaction { () throws(SQLiteError) in hasRun = true }
    }
    #expect(error?.kind == .busy)
    #expect(!hasRun)
    withExtendedLifetime(other) {}
  }

  private func rows() throws -> [String?] {
    try Connection.open(path).column("SELECT a FROM t")
  }
}
