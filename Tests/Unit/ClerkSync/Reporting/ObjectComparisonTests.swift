import TestSupport
import Testing

@testable import ClerkSync

/// Users that are compared and written in batches.
@Suite struct ObjectComparisonTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
    try database.store.prepare()
  }

  /// Returns a user of Clerk's list, last changed `milliseconds` after the test's current time.
  private func listed(_ user: User, after milliseconds: Int64 = 0) -> BackendObject {
    BackendObject(user: user, updatedAt: UserStore.now + milliseconds)
  }

  @Test func `A user is compared with the row and the recorded version`() throws {
    for id in ["user_1", "user_2", "user_3"] { try database.store.create(.ada(id)) }
    try database.store.delete("user_3")
    let eve = User(
      id: "user_1", email: "eve@example.org", firstName: "Eve", lastName: "Lovelace", role: "admin")
    let comparisons = try database.store.compare([
      listed(.ada()), listed(.ada(), after: 1), listed(eve, after: 1), listed(eve, after: -1),
      listed(.ada("user_2"), after: -1), listed(.ada("user_3"), after: 1), listed(.ada("user_4")),
    ])
    #expect(
      comparisons == [
        .equal(isRecorded: true), .equal(isRecorded: false),
        .different(columns: ["email", "firstName", "role"]), .newer, .equal(isRecorded: true), .deleted,
        .missing,
      ])
  }

  @Test func `An adopted row has no recorded version, and its NULL equals an empty text`() throws {
    let adopted = try TestDatabase()
    try adopted.execute(
      """
      CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT, firstName TEXT, lastName TEXT, password TEXT, phone TEXT,
        role TEXT, createdAt INTEGER, updatedAt INTEGER)
      """,
      "INSERT INTO users (id, email, role) VALUES ('user_1', 'user_1@example.org', 'client')")
    try adopted.store.prepare()
    let bare = User(id: "user_1", email: "user_1@example.org", role: "client")
    #expect(try adopted.store.compare([listed(bare)]) == [.equal(isRecorded: false)])
  }

  @Test func `Users are written together, and each has its own result`() throws {
    try database.store.create(.ada("user_1"), now: UserStore.now + 5)
    let results = try database.store.update([
      listed(.ada("user_1")), listed(.ada("user_2", email: "user_1@example.org")), listed(.ada("user_3")),
    ])
    #expect(results == [.success(.stale), .failure(.emailTaken(by: "user_1")), .success(.applied)])
    #expect(try database.column("SELECT id FROM users ORDER BY id") == ["user_1", "user_3"])
    #expect(try database.column("SELECT count(*) FROM clerk_sync_deliveries").first == "1")
  }

  @Test func `A database error is thrown, and nothing is written`() throws {
    try database.execute(
      "ALTER TABLE users RENAME TO people", "CREATE VIEW users AS SELECT * FROM people")
    #expect(throws: StoreError.self) { try database.store.update([listed(.ada())]) }
  }

  @Test func `Users that were not listed remain, except newer and deleted ones`() throws {
    for id in ["user_1", "user_2", "user_3"] { try database.store.create(.ada(id)) }
    let unlisted = try UnlistedObjects(of: database.store)
    #expect(unlisted.rows == 3)
    try unlisted.strike(["user_1", "user_9"])
    try database.store.create(.ada("user_4"))
    #expect(try unlisted.remaining().map(\.key) == ["user_2", "user_3"])
    try database.store.delete("user_2")
    #expect(try unlisted.remaining().map(\.key) == ["user_3"])
  }
}
