import TestSupport
import Testing

@testable import ClerkSync

@Suite struct RetentionTests {
  private static let day: Int64 = 86_400_000
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
  }

  @Test func `Expired entries are removed, four for each write`() throws {
    for number in 0..<150 { _ = try database.store.apply(Event(nil, id: "old_\(number)")) }
    let store = database.store(at: UserStore.now + 90 * Self.day + 1)
    for left in [86, 22, 0] {
      for _ in 0..<16 { _ = try store.apply(Event(nil)) }
      #expect(
        try database.column("SELECT count(*) FROM clerk_sync_deliveries WHERE svix_id GLOB 'old*'")
          == ["\(left)"])
    }
    #expect(try database.ledger().count == 48)
  }

  @Test func `Expired tombstones are removed, four for each write`() throws {
    for number in 0..<150 { try database.store.delete("user_\(number)") }
    let store = database.store(at: UserStore.now + 90 * Self.day + 1)
    for left in [86, 22, 0] {
      for _ in 0..<16 { _ = try store.apply(Event(nil)) }
      #expect(try database.column("SELECT count(*) FROM clerk_sync_versions") == ["\(left)"])
    }
  }

  @Test(
    arguments: [
      (90, 90 * day, 1), (90, 90 * day + 1, 0), (7, 7 * day, 1), (7, 7 * day + 1, 0), (1, 2 * day, 0),
    ] as [(Int, Int64, Int)])
  func `The retention is exact to the millisecond, and configurable`(
    days: Int, age: Int64, left: Int
  ) throws {
    try database.store.delete("user_1")
    let store = database.store(at: UserStore.now + age, retention: days)
    for _ in 0..<16 { _ = try store.apply(Event(nil)) }
    #expect(try database.column("SELECT count(*) FROM clerk_sync_versions") == ["\(left)"])
    #expect(try database.ledger().count == left + 16)
  }

  @Test func `An entry expires by its first attempt, even after a retry`() throws {
    let event = Event(.created(.ada()), id: "msg_1")
    database.store.recordFailure(of: event.delivery, reason: "1")
    let later = UserStore.now + 89 * Self.day
    database.store(at: later).recordFailure(of: event.delivery, reason: "2")
    #expect(
      try database.ledger().first
        == "'msg_1' 'user.created' 'user_1' 'failed' '2' 2 \(UserStore.now) \(later)")
    let latest = database.store(at: later + 2 * Self.day)
    for _ in 0..<16 { _ = try latest.apply(Event(nil)) }
    #expect(try database.column("SELECT svix_id FROM clerk_sync_deliveries WHERE svix_id = 'msg_1'").isEmpty)
  }

  @Test func `The version of a live user is never pruned`() throws {
    try database.store.create(.ada())
    let store = database.store(at: UserStore.now + 36_500 * Self.day, retention: 1)
    for _ in 0..<16 { _ = try store.apply(Event(nil)) }
    let late = Event(.updated(.ada(role: "admin")), at: UserStore.now - 1)
    #expect(try store.apply(late) == .stale)
    #expect(try database.column("SELECT object_id FROM clerk_sync_versions") == ["user_1"])
  }

  @Test func `A duplicate removes nothing`() throws {
    for id in ["msg_1", "msg_2"] { _ = try database.store.apply(Event(nil, id: id)) }
    let later = database.store(at: UserStore.now + 100 * Self.day)
    #expect(try later.apply(Event(nil, id: "msg_2")) == .duplicate)
    #expect(try database.ledger().count == 2)
  }

  @Test func `The variable sets the retention`() throws {
    let application = try TestApplication()
    let old = Int64(TestApplication.now) * 1000 - 8 * Self.day
    for id in ["user_1", "user_2"] { try application.database.store(at: old).delete(id, now: old) }
    for number in 1...16 {
      let delivery = try TestApplication.delivery(Payload.user(id: "user_3"), id: "msg_\(number)")
      #expect(try application.respond(delivery, [("CLERK_SYNC_RETENTION_DAYS", "7")]).status == 200)
    }
    #expect(try application.database.column("SELECT object_id FROM clerk_sync_versions") == ["user_3"])
  }
}
