import TestSupport
import Testing

@testable import ClerkSync

/// Events that are applied in one transaction.
@Suite struct EventGroupTests {
  private let database: TestDatabase
  private let store: UserStore

  init() throws {
    database = try TestDatabase()
    store = UserStore(database: database.path)
  }

  private func event(_ id: String, user: String, email: String, at time: Int64 = 1_700_000_000_000) -> Event {
    let user = User(id: user, email: email, firstName: id, role: "client")
    return Event(
      messageID: id, type: "user.updated", change: .updated(user), version: time)
  }

  @Test func `Each event has its own result, and a failed one does not affect the others`() throws {
    let results = try store.apply([
      event("msg_1", user: "user_1", email: "a@example.org"),
      event("msg_2", user: "user_2", email: "a@example.org"),
      event("msg_3", user: "user_1", email: "b@example.org", at: 1_600_000_000_000),
      event("msg_1", user: "user_1", email: "a@example.org"),
      event("msg_4", user: "user_3", email: "c@example.org"),
    ])
    #expect(
      results == [
        .success(.applied), .failure(.emailTaken(by: "user_1")), .success(.stale), .success(.duplicate),
        .success(.applied),
      ])
    let file = DatabaseFile(database.path)
    #expect(try file.rows("SELECT firstName FROM users ORDER BY id") == [["msg_1"], ["msg_4"]])
    // A retry can still change the outcome `failed`.
    #expect(
      try file.rows("SELECT svix_id, outcome FROM clerk_sync_deliveries ORDER BY svix_id", columns: 2) == [
        ["msg_1", "applied"], ["msg_2", "failed"], ["msg_3", "stale"], ["msg_4", "applied"],
      ])
  }

  @Test func `An event that fails at the commit fails alone`() throws {
    try database.store.create(.ada("user_1"))
    try database.execute(
      """
      CREATE TABLE bookings (user TEXT NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED)
      """, "INSERT INTO bookings VALUES ('user_1')")
    let results = try store.apply([
      event("msg_1", user: "user_2", email: "b@example.org"), Event(.deleted(id: "user_1"), id: "msg_2"),
      event("msg_3", user: "user_3", email: "c@example.org"),
    ])
    #expect(results.map { (try? $0.get()) } == [.applied, nil, .applied])
    #expect(try database.column("SELECT id FROM users ORDER BY id") == ["user_1", "user_2", "user_3"])
    #expect(
      try database.column(
        "SELECT svix_id || ' ' || outcome FROM clerk_sync_deliveries WHERE svix_id GLOB 'msg_?' ORDER BY svix_id"
      )
        == ["msg_1 applied", "msg_2 failed", "msg_3 applied"])
  }

  @Test(
    arguments: [
      "CREATE TRIGGER odd BEFORE INSERT ON users WHEN NEW.id = 'user_2' BEGIN SELECT json_extract('{', '$'); END",
      "CREATE TRIGGER odd BEFORE INSERT ON users WHEN NEW.id = 'user_2' BEGIN SELECT RAISE(ROLLBACK, 'no'); END",
      "CREATE TRIGGER odd BEFORE INSERT ON users WHEN NEW.id = 'user_2' BEGIN SELECT RAISE(ABORT, 'no'); END",
    ] as [StaticString])
  func `An event that a trigger refuses fails alone, and also in a group of one`(trigger: StaticString) throws
  {
    try database.store.prepare()
    try database.execute(trigger)
    func change(_ number: Int) -> Event {
      let user = User(id: "user_\(number)", email: "\(number)@example.org", role: "client")
      return Event(.created(user), id: "msg_\(number)")
    }
    #expect(try store.apply((1...3).map(change)).map { try? $0.get() } == [.applied, nil, .applied])
    #expect(try store.apply([change(2)]).map { try? $0.get() } == [nil])
    #expect(try database.column("SELECT id FROM users ORDER BY id") == ["user_1", "user_3"])
  }

  @Test func `A schema mismatch fails the whole group`() throws {
    try database.store.prepare()
    try database.execute("ALTER TABLE users DROP COLUMN phone")
    #expect(throws: StoreError.self) {
      try store.apply([
        event("msg_1", user: "user_1", email: "a@example.org"),
        event("msg_2", user: "user_2", email: "b@example.org"),
      ])
    }
  }

  @Test func `A database that cannot be opened fails the whole group`() throws {
    let store = UserStore(database: "/dev/null/app.db")
    #expect(throws: StoreError.folder(path: "/dev/null")) {
      try store.apply([event("msg_1", user: "user_1", email: "a@example.org")])
    }
  }
}
