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
        .init(table: "payments", column: "itemId", action: "NO ACTION", way: ["orders", "items"])
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
        .init(table: "b", column: "u", action: "RESTRICT", way: []),
        .init(table: "d", column: "c", action: "SET NULL", way: ["c"]),
      ])
  }
}
