import TestSupport
import Testing

@testable import ClerkSync

/// Deliveries that no retry can mend.
@Suite struct RefusalTests {
  private static let now = UserStore.now
  private let database: TestDatabase
  private let store: UserStore

  init() throws {
    database = try TestDatabase()
    store = database.store
  }

  @discardableResult
  private func refuse(
    _ id: String, of user: String? = "user_1", type: String = "user.updated", at time: Int64? = now
  ) throws -> Outcome {
    try store.recordRefusal(
      of: Delivery(id: id, type: type, objectID: user), reason: "no_primary_email: none", time: time)
  }

  private func outcomes() throws -> [String?] {
    try database.column(
      "SELECT svix_id || ' ' || outcome || ' ' || attempts FROM clerk_sync_deliveries ORDER BY rowid")
  }

  private func version(of user: String = "user_1") throws -> [String?] {
    try database.column(
      """
      SELECT object_id || ' ' || version || ' ' || rank || ' ' || coalesce(released, '-') FROM clerk_sync_versions
      ORDER BY object_id
      """)
  }

  @Test func `A refusal is recorded, and each further one counts an attempt`() throws {
    for attempt in 1...3 {
      #expect(try refuse("msg_1") == .refused)
      #expect(try outcomes() == ["msg_1 refused \(attempt)"])
    }
    #expect(
      try database.ledger() == [
        "'msg_1' 'user.updated' 'user_1' 'refused' 'no_primary_email: none' 3 \(Self.now) \(Self.now)"
      ])
    #expect(try version() == ["user_1 \(Int64.min) 0 \(Self.now)"])
    #expect(try database.users() == [])
  }

  @Test func `A refusal is no failure`() throws {
    try refuse("msg_1")
    try refuse("msg_2", of: nil, at: nil)
    let statistics = try store.statistics()
    #expect(statistics.failures == 0 && statistics.refused == 2)
    #expect(statistics.newestVersion == nil)
    #expect(try store.condition().pendingFailures == 0)
    #expect(try store.condition().refused == 2)
    #expect(try store.deliveries(.failed, limit: 9).isEmpty)
    #expect(try store.deliveries(.refused, limit: 9).map(\.id) == ["msg_2", "msg_1"])
    let inspection = try store.inspect()
    #expect(inspection.failures == 0 && inspection.refused == 2)
  }

  @Test func `A refused message can be applied later`() throws {
    try refuse("msg_1")
    try refuse("msg_2", at: Self.now - 1)
    #expect(try store.apply(Event(.updated(.ada()), id: "msg_1")) == .applied)
    #expect(try outcomes() == ["msg_1 applied 2", "msg_2 stale 1"])
    #expect(try version() == ["user_1 \(Self.now) 1 -"])
    #expect(try store.apply(Event(.updated(.ada()), id: "msg_1")) == .duplicate)
    #expect(try refuse("msg_1") == .duplicate)
    #expect(try outcomes() == ["msg_1 applied 2", "msg_2 stale 1"])
    #expect(try version() == ["user_1 \(Self.now) 1 -"])
  }

  @Test func `A failed delivery can be refused, and a refused one can fail`() throws {
    let delivery = Delivery(id: "msg_1", type: "user.updated", objectID: "user_1")
    store.recordFailure(of: delivery, reason: "locked")
    try refuse("msg_1")
    #expect(try outcomes() == ["msg_1 refused 2"])
    store.recordFailure(of: delivery, reason: "locked")
    #expect(try outcomes() == ["msg_1 failed 3"])
  }

  @Test(arguments: [Event.Change.created(.ada()), .updated(.ada()), .deleted(id: "user_1")])
  func `An event that is applied later clears the refusals of its object alone`(change: Event.Change) throws {
    try refuse("msg_1", type: "user.created")
    try refuse("msg_2", at: Self.now + 1)
    try refuse("msg_3", of: "user_2")
    try refuse("msg_4", of: nil, at: nil)
    #expect(try store.apply(Event(change, at: Self.now + 2, id: "msg_5")) == .applied)
    #expect(
      try outcomes() == [
        "msg_1 stale 1", "msg_2 stale 1", "msg_3 refused 1", "msg_4 refused 1", "msg_5 applied 1",
      ])
    #expect(
      try database.column("SELECT error FROM clerk_sync_deliveries WHERE outcome = 'stale'") == [nil, nil])
    #expect(try version().first == "user_1 \(Self.now + 2) \(change.operation.rawValue) -")
  }

  @Test func `A user without a primary address keeps the row, and the time is known`() throws {
    #expect(try store.apply(Event(.created(.ada()), id: "msg_1")) == .applied)
    #expect(try refuse("msg_2", at: Self.now + 2) == .refused)
    #expect(try refuse("msg_3", at: Self.now + 1) == .refused)
    #expect(try database.users().count == 1)
    #expect(try version() == ["user_1 \(Self.now) 0 \(Self.now + 2)"])
    // Older than the newest refusal, so what that one says still holds.
    #expect(try store.apply(Event(.updated(.ada(role: "admin")), at: Self.now + 1, id: "msg_4")) == .applied)
    #expect(try version() == ["user_1 \(Self.now + 1) 1 \(Self.now + 2)"])
    #expect(try outcomes().dropLast() == ["msg_1 applied 1", "msg_2 refused 1", "msg_3 refused 1"])
    #expect(try store.apply(Event(.updated(.ada()), at: Self.now + 3, id: "msg_5")) == .applied)
    #expect(try version() == ["user_1 \(Self.now + 3) 1 -"])
    #expect(try outcomes()[1...2] == ["msg_2 stale 1", "msg_3 stale 1"])
  }

  @Test(
    arguments: [
      (Event(.updated(.ada()), at: now + 1), "user.updated", now),
      (Event(.updated(.ada()), at: now), "user.created", now),
      (Event(.deleted(id: "user_1"), at: now - 1), "user.updated", now + 1),
    ])
  func `A refusal that comes after a newer event is stale`(event: Event, type: String, time: Int64) throws {
    #expect(try store.apply(event) == .applied)
    let before = try version()
    for attempt in [Outcome.stale, .duplicate] {
      #expect(try refuse("msg_2", type: type, at: time) == attempt)
    }
    #expect(try outcomes().last == "msg_2 stale 1")
    #expect(try database.column("SELECT error FROM clerk_sync_deliveries WHERE svix_id = 'msg_2'") == [nil])
    #expect(try version() == before)
  }

  @Test func `A stale event clears nothing`() throws {
    #expect(try store.apply(Event(.created(.ada()), id: "msg_1")) == .applied)
    try refuse("msg_2", at: Self.now + 1)
    #expect(try store.apply(Event(.updated(.ada()), at: Self.now - 1, id: "msg_3")) == .stale)
    #expect(try outcomes() == ["msg_1 applied 1", "msg_2 refused 1", "msg_3 stale 1"])
    #expect(try version() == ["user_1 \(Self.now) 0 \(Self.now + 1)"])
  }

  @Test func `A write by the application clears refusals too`() throws {
    try refuse("msg_1")
    #expect(try store.updateUser(.ada(), updatedAt: Self.now + 1) == .applied)
    #expect(try outcomes() == ["msg_1 stale 1"])
  }

  @Test func `An event that fails clears nothing`() throws {
    try store.create(.ada("user_2", email: "ada@example.org"))
    try refuse("msg_1")
    let taken = Event(.updated(.ada(email: "ada@example.org")), at: Self.now + 1, id: "msg_2")
    #expect(throws: StoreError.emailTaken(by: "user_2")) { try store.apply(taken) }
    #expect(try outcomes().suffix(2) == ["msg_1 refused 1", "msg_2 failed 1"])
    #expect(try version().first == "user_1 \(Int64.min) 0 \(Self.now)")
  }

  @Test func `A user of whom nothing was applied is missing, not newer`() throws {
    try refuse("msg_1", at: Self.now + 1)
    let listed = BackendObject(user: .ada(), updatedAt: Self.now)
    #expect(try store.compare([listed]) == [.missing])
    try database.execute(
      "INSERT INTO users VALUES ('user_1', 'user_1@example.org', 'Ada', 'Lovelace', '', NULL, 'client', 1, 1)"
    )
    #expect(try store.compare([listed]) == [.equal(isRecorded: false)])
    let history = try #require(try store.history(ofUser: "user_1", before: nil, limit: 9))
    #expect(history.change == nil)
    #expect(history.deliveries.rows.map(\.id) == ["msg_1"])
  }

  @Test func `Refusals past their retention are pruned`() throws {
    try refuse("msg_1")
    _ = try store.apply(Event(nil, id: "msg_2"))
    #expect(try store.prune(before: Self.now + 1).deliveries == 1)
    #expect(try outcomes() == ["msg_2 ignored 1"])
  }
}
