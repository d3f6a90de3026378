import SQLite
import TestSupport
import Testing

@testable import ClerkSync

@Suite struct BlockingReferenceTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
    try database.store.prepare()
  }

  @Test func `A reference to rows that a deletion takes along blocks it, and the way to it is named`() throws
  {
    try database.execute(
      "CREATE TABLE orders (id INTEGER PRIMARY KEY, userId TEXT NOT NULL REFERENCES Users (id) ON DELETE CASCADE)",
      "CREATE TABLE items (id INTEGER PRIMARY KEY, orderId INT REFERENCES ORDERS (id) ON DELETE CASCADE)",
      "CREATE TABLE payments (id INTEGER PRIMARY KEY, itemId INT NOT NULL REFERENCES items (id))",
      "CREATE TABLE notes (userId UNIQUE REFERENCES users (id) ON DELETE SET NULL)",
      "CREATE TABLE replies (noteId REFERENCES notes (userId))",
      "INSERT INTO users VALUES ('user_1', '', '', '', '', '', '', 0, 0)",
      "INSERT INTO orders VALUES (1, 'user_1')", "INSERT INTO items VALUES (1, 1)",
      "INSERT INTO payments VALUES (1, 1)")
    let error = #expect(throws: StoreError.self) { try database.store.delete("user_1") }
    #expect(error?.kind == .constraint)
    #expect(
      try database.store.inspect().blockingReferences == [
        .init(
          table: "payments", column: "itemId", action: "NO ACTION",
          change: .deletion(way: ["orders", "items"]))
      ])
  }

  @Test func `A reference to a column that Clerk writes blocks its update, unless the key cascades`() throws {
    try database.execute(
      "CREATE TABLE contacts (address TEXT REFERENCES Users (EMAIL) ON DELETE CASCADE)",
      "CREATE UNIQUE INDEX names_of_ids ON users (firstName, id)",
      "CREATE TABLE names (f, l, FOREIGN KEY (f, l) REFERENCES users (firstName, id) ON UPDATE RESTRICT ON DELETE CASCADE)",
      "CREATE TABLE a (u NOT NULL REFERENCES users (email) ON UPDATE SET NULL ON DELETE CASCADE)",
      "CREATE TABLE b (u REFERENCES users (email) ON UPDATE SET NULL ON DELETE SET NULL)",
      "CREATE TABLE c (u REFERENCES users (email) ON UPDATE CASCADE ON DELETE CASCADE)",
      "CREATE TABLE d (u REFERENCES users ON DELETE CASCADE, i REFERENCES users (id) ON DELETE CASCADE)")
    func update(_ column: String) -> BlockingReference.Change {
      .update(of: "users.\(column)", key: "users.id")
    }
    #expect(
      try database.store.inspect().blockingReferences == [
        .init(table: "a", column: "u", action: "SET NULL", change: update("email")),
        .init(table: "contacts", column: "address", action: "NO ACTION", change: update("email")),
        .init(table: "names", column: "f", action: "RESTRICT", change: update("firstName")),
      ])
  }

  @Test func `Such a reference does block the update`() throws {
    try database.execute(
      "CREATE TABLE contacts (address TEXT REFERENCES users (email) ON DELETE CASCADE)")
    try database.store.create(.ada(email: "ada@example.org"))
    try database.execute("INSERT INTO contacts VALUES ('ada@example.org')")
    let error = #expect(throws: StoreError.self) { try database.store.create(.ada(email: "new@example.org")) }
    #expect(error?.kind == .constraint)
  }

  @Test func `A primary key that is not Clerk's id can be referred to without its name`() throws {
    let mapped = try MappedDatabase(
      """
      CREATE TABLE accounts (email TEXT PRIMARY KEY, clerk_id TEXT UNIQUE);
      CREATE TABLE contacts (address REFERENCES accounts ON DELETE CASCADE);
      """,
      #"{ user: { table: "accounts", key: { clerk_id: "id" }, columns: { email: "email" } } }"#)
    #expect(
      try mapped.store.blockingReferences() == [
        .init(
          table: "contacts", column: "address", action: "NO ACTION",
          change: .update(of: "accounts.email", key: "accounts.clerk_id"))
      ])
  }

  @Test func `A cycle of references ends, and the shortest way counts`() throws {
    try database.execute(
      "CREATE TABLE a (id INTEGER PRIMARY KEY, u REFERENCES users ON DELETE CASCADE, c REFERENCES c ON DELETE CASCADE)",
      "CREATE TABLE b (id INTEGER PRIMARY KEY, a REFERENCES a ON DELETE CASCADE, u REFERENCES users ON DELETE RESTRICT)",
      "CREATE TABLE c (id INTEGER PRIMARY KEY, b REFERENCES b ON DELETE CASCADE, u REFERENCES users ON DELETE CASCADE)",
      "CREATE TABLE d (c NOT NULL REFERENCES c ON DELETE SET NULL, a REFERENCES a ON DELETE SET NULL)")
    #expect(
      try database.store.inspect().blockingReferences == [
        .init(table: "b", column: "u", action: "RESTRICT", change: .deletion(way: [])),
        .init(table: "d", column: "c", action: "SET NULL", change: .deletion(way: ["c"])),
      ])
  }
}
