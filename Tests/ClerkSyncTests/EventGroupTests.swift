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
      messageID: id, type: "user.updated", change: .updated(user), version: time, hasUnknownRole: false)
  }

  @Test func `Each has a result of its own, and one that fails leaves the others`() throws {
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
    // The one that failed has left nothing, so that it can be tried again.
    #expect(
      try file.rows("SELECT svix_id FROM clerk_sync_deliveries ORDER BY svix_id") == [
        ["msg_1"], ["msg_3"], ["msg_4"],
      ])
  }

  @Test func `A database that takes nothing fails them all`() throws {
    let store = UserStore(database: "/dev/null/app.db")
    #expect(throws: StoreError.folder(path: "/dev/null")) {
      try store.apply([event("msg_1", user: "user_1", email: "a@example.org")])
    }
  }
}
