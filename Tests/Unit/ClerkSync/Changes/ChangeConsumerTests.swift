import SQLite
import TestSupport
import Testing

@testable import ClerkSync

@Suite struct ChangeConsumerTests {
  private static let day: Int64 = 86_400_000
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
  }

  private func store(at now: Int64 = UserStore.now) -> UserStore {
    var options = UserStore.Options()
    options.recordsChanges = true
    return UserStore(database: database.path, options: options, clock: WallClock { now })
  }

  private func create(_ numbers: ClosedRange<Int>, in store: UserStore) throws {
    for number in numbers {
      _ = try store.createUser(
        User(id: "user_\(number)", email: "\(number)@example.org", role: "client"), updatedAt: 1)
    }
  }

  @Test func `A new consumer begins now or at the start, and keeps its position`() throws {
    let store = store()
    try create(1...3, in: store)
    #expect(try store.position(ofConsumer: "new", from: .now) == 3)
    #expect(try store.position(ofConsumer: "all", from: .start) == 0)
    #expect(try store.advance(consumer: "all", to: 2, now: 5))
    #expect(try store.position(ofConsumer: "all", from: .start) == 2)
    #expect(try store.advance(consumer: "nobody", to: 2, now: 5) == false)
    #expect(
      try store.consumers() == [
        ChangeConsumer(
          name: "all", position: 2, lastHandled: 5, pending: 1, oldestPending: UserStore.now, failed: 0),
        ChangeConsumer(
          name: "new", position: 3, lastHandled: nil, pending: 0, oldestPending: nil, failed: 0),
      ])
  }

  @Test func `A position never moves back`() throws {
    let store = store()
    try create(1...3, in: store)
    _ = try store.position(ofConsumer: "one", from: .start)
    try store.advance(consumer: "one", to: 3, now: nil)
    try store.advance(consumer: "one", to: 1, now: nil)
    #expect(try store.consumers().map(\.position) == [3])
  }

  @Test func `A change set aside is kept until it is tried again`() throws {
    let store = store()
    try create(1...2, in: store)
    _ = try store.position(ofConsumer: "one", from: .start)
    let change = try #require(try store.changes(after: 0, limit: 1).changes.first)
    try store.setAside(change, consumer: "one", tries: 10, reason: "exit status 1", now: 7)
    #expect(try store.consumers().map(\.position) == [1])
    #expect(try store.consumers().map(\.failed) == [1])
    #expect(try store.failedChanges(isDue: true, limit: 10) == [])
    #expect(try store.retryChanges(consumer: "other") == 0)
    #expect(try store.retryChanges(consumer: "one", seq: 1) == 1)
    let due = try store.failedChanges(consumer: "one", isDue: true, limit: 10)
    #expect(due.map(\.change) == [change])
    #expect(due.map(\.reason) == ["exit status 1"])
    try store.setAside(change, consumer: "one", tries: 20, reason: "again", now: 8)
    #expect(try store.failedChanges(isDue: true, limit: 10) == [])
    #expect(try store.removeFailedChange(consumer: "one", seq: 1))
    #expect(try store.failedChanges(limit: 10) == [])
  }

  @Test func `Retention waits for the slowest consumer`() throws {
    let old = store(at: 1)
    try create(1...10, in: old)
    _ = try old.position(ofConsumer: "slow", from: .start)
    _ = try old.position(ofConsumer: "fast", from: .start)
    try old.advance(consumer: "slow", to: 4, now: nil)
    try old.advance(consumer: "fast", to: 10, now: nil)
    let limit = 100 * Self.day
    #expect(try old.prunable(before: limit).changes == 4)
    #expect(try old.prune(before: limit).changes == 4)
    #expect(try database.column("SELECT min(seq) FROM clerk_sync_changes") == ["5"])
    #expect(try old.removeConsumer("slow"))
    #expect(try old.removeConsumer("slow") == false)
    #expect(try old.prune(before: limit).changes == 6)
    try create(11...11, in: old)
    #expect(try old.changes(after: 0, limit: 10).changes.map(\.seq) == [11])
  }

  @Test func `Old changes go with the writes that come later`() throws {
    try create(1...10, in: store(at: 1))
    let later = store(at: 91 * Self.day)
    for number in 1...32 {
      _ = try later.apply(Event(.created(.ada("user_\(number)x")), at: 91 * Self.day, id: "msg_\(number)"))
    }
    #expect(try database.column("SELECT count(*) FROM clerk_sync_changes WHERE at = 1") == ["0"])
  }
}
