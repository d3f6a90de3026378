import TestSupport
import Testing

@testable import ClerkSync

@Suite struct LedgerTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
  }

  @Test(arguments: JournalMode.allCases)
  func `A duplicate writes nothing`(mode: JournalMode) throws {
    try mode.makeDatabase(at: database.path)
    let first = Event(.created(.ada()), id: "msg_1")
    #expect(try database.store.apply(first) == .applied)
    let before = try database.bytes()
    let later = database.store(at: UserStore.now + 1000)
    #expect(try later.apply(first) == .duplicate)
    #expect(try later.apply(Event(.deleted(id: "user_1"), id: "msg_1")) == .duplicate)
    #expect(try database.bytes() == before)
  }

  @Test func `A failed delivery can be retried, and its attempts are counted`() throws {
    let event = Event(.created(.ada()), id: "msg_1")
    for (attempt, time) in [1000, 2000].enumerated() as EnumeratedSequence<[Int64]> {
      database.store(at: time).recordFailure(of: event.delivery, reason: "reason \(attempt)")
      #expect(
        try database.ledger() == [
          "'msg_1' 'user.created' 'user_1' 'failed' 'reason \(attempt)' \(attempt + 1) 1000 \(time)"
        ])
    }
    #expect(try database.store(at: 3000).apply(event) == .applied)
    #expect(try database.ledger() == ["'msg_1' 'user.created' 'user_1' 'applied' NULL 3 1000 3000"])
    #expect(try database.store(at: 4000).apply(event) == .duplicate)
    #expect(try database.users().count == 1)
  }

  @Test(
    arguments: [
      (.applied, Event(.created(.ada()), at: UserStore.now, id: "msg_1")),
      (.stale, Event(.created(.ada()), at: UserStore.now - 1, id: "msg_1")),
      (.ignored, Event(nil, id: "msg_1")),
    ] as [(Outcome, Event)])
  func `Every outcome is recorded once, and a later failure does not replace it`(
    outcome: Outcome, event: Event
  ) throws {
    try database.store.create(.ada())
    try database.execute("DELETE FROM clerk_sync_deliveries")
    #expect(try database.store.apply(event) == outcome)
    let entry = try database.ledger()
    let user = outcome == .ignored ? "NULL" : "'user_1'"
    #expect(
      entry == ["'msg_1' '\(event.type)' \(user) '\(outcome)' NULL 1 \(UserStore.now) \(UserStore.now)"])

    let later = database.store(at: UserStore.now + 1000)
    later.recordFailure(of: event.delivery, reason: "too late")
    #expect(try later.apply(event) == .duplicate)
    #expect(try database.ledger() == entry)
  }

  @Test func `A change by the application makes no ledger entry`() throws {
    _ = try database.store.createUser(.ada())
    _ = try database.store.updateUser(.ada(role: "admin"))
    try database.store.deleteUser(id: "user_1")
    #expect(try database.ledger() == [])
  }

  @Test func `An event that the database refuses leaves only an entry of its failure`() throws {
    try database.store.create(.ada("user_1", email: "ada@example.org"))
    let event = Event(.created(.ada("user_2", email: "ada@example.org")), id: "msg_2")
    for attempts in ["1", "2"] {
      #expect(throws: StoreError.emailTaken(by: "user_1")) { try database.store.apply(event) }
      #expect(
        try database.column(
          "SELECT outcome || ' ' || attempts FROM clerk_sync_deliveries WHERE svix_id = 'msg_2'")
          == ["failed \(attempts)"])
    }
    #expect(try database.column("SELECT object_id FROM clerk_sync_versions") == ["user_1"])
    #expect(try database.column("SELECT id FROM users") == ["user_1"])
  }
}
