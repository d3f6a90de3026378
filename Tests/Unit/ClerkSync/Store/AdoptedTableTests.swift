import ClerkSync
import SQLite
import TestSupport
import Testing

@Suite struct AdoptedTableTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
  }

  @Test func `A table with further columns is adopted unchanged`() throws {
    try database.execute(
      """
      CREATE TABLE users (nickname TEXT DEFAULT 'none', updatedAt, createdAt, role, phone, password, lastName, firstName,
        email TEXT UNIQUE, id TEXT PRIMARY KEY, visits INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID
      """,
      "INSERT INTO users (id, email, nickname, visits) VALUES ('user_1', 'old@example.org', 'Countess', 9)")
    let schema = try database.column("SELECT sql FROM sqlite_schema WHERE tbl_name = 'users'")
    try database.store.prepare()
    try database.store.update(.ada())
    try database.store.create(.ada("user_2"))
    #expect(
      try database.column(
        "SELECT id || ' ' || email || ' ' || nickname || ' ' || visits FROM users ORDER BY id")
        == ["user_1 user_1@example.org Countess 9", "user_2 user_2@example.org none 0"])
    #expect(try database.column("SELECT sql FROM sqlite_schema WHERE tbl_name = 'users'") == schema)
  }

  @Test(arguments: ["wal", "delete", "truncate", "persist"])
  func `The journal mode is unchanged`(mode: String) throws {
    switch mode {
    case "wal": try database.execute("PRAGMA journal_mode = WAL")
    case "truncate": try database.execute("PRAGMA journal_mode = TRUNCATE")
    case "persist": try database.execute("PRAGMA journal_mode = PERSIST")
    default: try database.execute("PRAGMA journal_mode = DELETE")
    }
    try database.execute("CREATE TABLE other (a)")
    try database.store.create(.ada())
    // Only WAL is persistent. The next connection reads every other mode as the default.
    #expect(try database.column("PRAGMA journal_mode") == [mode == "wal" ? "wal" : "delete"])
    #expect(try database.users().count == 1)
  }

  @Test func `A cascading reference is deleted with its user`() throws {
    try database.store.prepare()
    try database.execute(
      "CREATE TABLE posts (id INTEGER PRIMARY KEY, author TEXT REFERENCES users (id) ON DELETE CASCADE)",
      "CREATE TABLE likes (post INTEGER REFERENCES posts (id) ON DELETE CASCADE)",
      "CREATE TABLE notes (author TEXT REFERENCES users (id) ON DELETE SET NULL)")
    for id in ["user_1", "user_2"] { try database.store.create(.ada(id)) }
    try database.execute(
      "INSERT INTO posts VALUES (1, 'user_1'), (2, 'user_2')", "INSERT INTO likes VALUES (1), (2)",
      "INSERT INTO notes VALUES ('user_1'), ('user_2')")
    try database.store.delete("user_1")
    #expect(try database.column("SELECT author FROM posts") == ["user_2"])
    #expect(try database.column("SELECT post FROM likes") == ["2"])
    #expect(try database.column("SELECT author FROM notes ORDER BY author") == [nil, "user_2"])
  }

  @Test(arguments: ["immediate", "deferred"])
  func `A reference without a cascade prevents the deletion, and nothing changes`(check: String) throws {
    try database.store.prepare()
    if check == "deferred" {
      try database.execute("CREATE TABLE posts (author REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED)")
    } else {
      try database.execute("CREATE TABLE posts (author REFERENCES users (id))")
    }
    try database.execute("CREATE TABLE likes (author REFERENCES users (id) ON DELETE CASCADE)")
    try database.store.create(.ada())
    try database.execute("INSERT INTO posts VALUES ('user_1')", "INSERT INTO likes VALUES ('user_1')")
    let before = try database.users()

    let error = #expect(throws: StoreError.self) { try database.store.delete("user_1") }
    #expect(error?.kind == .constraint)
    #expect(try database.users() == before)
    #expect(
      try database.column("SELECT author FROM posts UNION ALL SELECT author FROM likes") == [
        "user_1", "user_1",
      ])
  }

  @Test func `An application's trigger runs in the same transaction`() throws {
    try database.store.prepare()
    try database.execute(
      "CREATE TABLE audit (id TEXT)",
      "CREATE TRIGGER recording AFTER INSERT ON users BEGIN INSERT INTO audit VALUES (new.id); END")
    try database.store.create(.ada())
    #expect(try database.column("SELECT id FROM audit") == ["user_1"])
  }
}
