import ClerkSync
import Foundation
import SQLite
import TestSupport
import Testing

@Suite struct StoreErrorTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
  }

  @Test func `Another user's address is refused, and nothing changes`() throws {
    try database.store.create(.ada("user_1", email: "ada@example.org"))
    try database.store.create(.ada("user_2"))
    let before = try database.users()
    for id in ["user_2", "user_3"] {
      let error = #expect(throws: StoreError.self) {
        try database.store.update(.ada(id, email: "ada@example.org"))
      }
      #expect(error == .emailTaken(by: "user_1"))
      #expect(error?.description.contains("belongs to user_1") == true)
      #expect(error?.description.contains("ada@example.org") == false)
    }
    #expect(try database.users() == before)
  }

  @Test(
    arguments: [
      (
        "no phone",
        "CREATE TABLE users (id TEXT PRIMARY KEY, email, firstName, lastName, password, role, createdAt, updatedAt)",
        "users has no column phone; it has id, email, firstName"
      ),
      ("another table", "CREATE TABLE users (name TEXT)", "users has no column id, email"),
      (
        "id not unique",
        "CREATE TABLE users (id, email, firstName, lastName, password, phone, role, createdAt, updatedAt)",
        "CREATE UNIQUE INDEX `users_id_unique` ON `users` (`id`)"
      ),
      ("a view", "CREATE VIEW users AS SELECT 1 AS id", "users is a view"),
    ] as [(String, StaticString, String)])
  func `A table that does not fit is an error that names the columns needed`(
    name: String, schema: StaticString, words: String
  ) throws {
    try database.execute(schema)
    for use in [{ try database.store.prepare() }, { try database.store.create(.ada()) }] {
      let error = #expect(throws: StoreError.self) { try use() }
      guard case .tableDoesNotFit? = error else {
        Issue.record("\(error?.description ?? "no error")")
        continue
      }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
    #expect(try database.column("SELECT count(*) FROM sqlite_schema WHERE name = 'users'") == ["1"])
  }

  @Test func `An additional required column refuses the row`() throws {
    try database.store.prepare()
    try database.execute("DROP TABLE users")
    try database.execute(
      """
      CREATE TABLE users (id TEXT PRIMARY KEY, email, firstName, lastName, password, phone, role, createdAt, updatedAt,
        nickname TEXT NOT NULL)
      """)
    let error = #expect(throws: StoreError.self) { try database.store.create(.ada()) }
    #expect(error?.kind == .constraint)
    #expect(error?.description.contains("NOT NULL constraint failed: users.nickname") == true)
    #expect(try database.column("SELECT id FROM users") == [])
  }

  @Test func `A file that is not a database is left unchanged`() throws {
    let text = String(repeating: "not a database ", count: 100)
    try database.folder.write(text, to: "app.db")
    let error = #expect(throws: StoreError.self) { try database.store.create(.ada()) }
    #expect(error?.kind == .notADatabase)
    #expect(error?.description.hasPrefix("\(database.path): file is not a database") == true)
    #expect(error?.description.contains("CLERK_SYNC_DATABASE must name an SQLite 3 file") == true)
    #expect(try String(contentsOfFile: database.path, encoding: .utf8) == text)
  }

  @Test func `A folder cannot be opened as a database`() throws {
    let error = #expect(throws: StoreError.self) { try UserStore(database: database.folder.path).prepare() }
    #expect(error?.kind == .cannotOpen)
    #expect(error?.description.contains("writable for the user this program runs as") == true)
  }

  @Test func `The error names a folder that cannot be created`() throws {
    let file = try database.folder.write("", to: "file")
    let error = #expect(throws: StoreError.self) { try UserStore(database: "\(file)/sub/app.db").prepare() }
    #expect(error == .folder(path: "\(file)/sub"))
    #expect(
      error?.description
        == "cannot create the folder \(file)/sub: create it, writable for the user this program runs as")
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func `The error about a read-only folder names the permissions`() throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: database.folder.path)
    let error = #expect(throws: StoreError.self) { try database.store.prepare() }
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: database.folder.path)
    #expect(error?.kind == .cannotOpen)
    #expect(error?.description.contains("make the file and its folder readable and writable") == true)
  }

  @Test func `A write lock held for too long is an error that says so`() throws {
    try database.store.create(.ada())
    let holder = try database.open()
    try holder.run("BEGIN IMMEDIATE")
    let error = #expect(throws: StoreError.self) { try database.store.delete("user_1") }
    try holder.run("ROLLBACK")
    #expect(error?.kind == .busy)
    #expect(error?.description.contains("another program held the write lock for longer than 5 s") == true)
    #expect(try database.users().count == 1)
  }
}
