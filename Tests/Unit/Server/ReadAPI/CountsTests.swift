import TestSupport
import Testing

@testable import ClerkSync

/// The counts always agree with the ledger, and include pruned entries.
@Suite struct CountsTests {
  private static let hour = DeliveryCounts.hour
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase(inMemory: true)
  }

  private func totals() throws -> [String: Int64] {
    let counts = try DeliveryCounts.readTotals(on: database.store.database.openForReading())
    return Dictionary(uniqueKeysWithValues: counts.map { ("\($0.outcome) \($0.type ?? "-")", $0.deliveries) })
  }

  /// Returns the same totals from a scan of the whole ledger.
  private func ledgerTotals() throws -> [String: Int64] {
    let counts = try database.store.statistics().deliveries
    return Dictionary(uniqueKeysWithValues: counts.map { ("\($0.outcome) \($0.type ?? "-")", $0.deliveries) })
  }

  @Test(arguments: 1...3)
  func `The counts equal the ledger after each delivery of a random history`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var failed: [Event] = []
    func refuse(_ event: Event) throws {
      try database.store.recordRefusal(of: event.delivery, reason: "no address", time: event.version)
    }
    for number in 1...200 {
      let user = "user_\(Int.random(in: 1...9, using: &random))"
      let changes: [Event.Change?] = [
        .created(.ada(user)), .updated(.ada(user)), .updated(.ada(user)), nil,
        number % 20 == 0 ? .deleted(id: user) : .created(.ada(user)),
      ]
      let version = UserStore.now + Int64.random(in: -50...50, using: &random)
      let event = Event(changes.randomElement(using: &random) ?? nil, at: version, id: "msg_\(number)")
      switch Int.random(in: 0..<8, using: &random) {
      case 0:
        database.store.recordFailure(of: event.delivery, reason: "locked")
        failed.append(event)
      case 1 where !failed.isEmpty:
        // Retries an earlier failure, whose batch of sixteen may have been counted. It fails once more, then
        // succeeds.
        let again = failed.remove(at: Int.random(in: failed.indices, using: &random))
        database.store.recordFailure(of: again.delivery, reason: "locked again")
        _ = try database.store.apply(again)
        _ = try database.store.apply(event)
      case 2, 3:
        try refuse(event)
        if number % 3 == 0 { failed.append(event) }
      default: _ = try database.store.apply(event)
      }
      #expect(try totals() == ledgerTotals())
    }
  }

  @Test func `Pruned deliveries stay counted`() throws {
    for number in 0..<100 { _ = try database.store.apply(Event(nil, id: "old_\(number)")) }
    let later = database.store(at: UserStore.now + 91 * 86_400_000)
    for number in 0..<60 { _ = try later.apply(Event(nil, id: "new_\(number)")) }
    #expect(try ledgerTotals() == ["ignored session.created": 60])
    #expect(try totals() == ["ignored session.created": 160])
    // The hours past the retention are removed too.
    #expect(try database.column("SELECT count(*) FROM clerk_sync_counts WHERE hour > 0") == ["1"])

    _ = try later.apply(Event(nil, id: "last"))
    try later.prune(before: .max)
    #expect(try database.column("SELECT svix_id FROM clerk_sync_deliveries") == ["last"])
    #expect(try totals() == ["ignored session.created": 161])
    for number in 0..<40 { _ = try later.apply(Event(nil, id: "newer_\(number)")) }
    #expect(try totals() == ["ignored session.created": 201])
  }

  @Test func `Entries removed by the application are not counted twice, and stay counted`() throws {
    for number in 1...32 { _ = try database.store.apply(Event(nil, id: "msg_\(number)")) }
    try database.execute("DELETE FROM clerk_sync_deliveries WHERE rowid > 30")
    #expect(try totals() == ["ignored session.created": 32])
    for number in 33...66 { _ = try database.store.apply(Event(nil, id: "msg_\(number)")) }
    // Two new entries reuse the positions of the removed ones and are not counted in addition.
    #expect(try totals() == ["ignored session.created": 64])

    try database.execute("DELETE FROM clerk_sync_deliveries")
    for number in 1...32 { _ = try database.store.apply(Event(nil, id: "new_\(number)")) }
    #expect(try totals() == ["ignored session.created": 96])
  }

  @Test func `A prune keeps the hours`() throws {
    for number in 1...32 { _ = try database.store.apply(Event(nil, id: "msg_\(number)")) }
    try database.store.prune(before: .max)
    #expect(try database.column("SELECT sum(deliveries) FROM clerk_sync_counts WHERE hour > 0") == ["32"])
  }

  @Test func `A ledger older than the counts is counted once`() throws {
    for number in 0..<100 { _ = try database.store.apply(Event(nil, id: "msg_\(number)")) }
    try database.execute("DROP TABLE clerk_sync_counts")
    for _ in 1...2 {
      try database.store.prepare()
      #expect(try totals() == ["ignored session.created": 100])
    }
    try database.execute("DROP TABLE clerk_sync_versions")
    try database.store.prepare()
    #expect(try totals() == ["ignored session.created": 100])
  }

  @Test func `If the counts are dropped while a store is in use, they are created again`() throws {
    for number in 0..<20 { _ = try database.store.apply(Event(nil, id: "msg_\(number)")) }
    try database.execute("DROP TABLE clerk_sync_counts")
    for number in 20..<40 { _ = try database.store.apply(Event(nil, id: "msg_\(number)")) }
    #expect(try totals() == ["ignored session.created": 40])
  }

  @Test(arguments: [1, 6, 24] as [Int64])
  func `The series counts each delivery in the step of its first attempt`(step: Int64) throws {
    let start = UserStore.now / Self.hour / step * step
    for number in 0..<50 {
      let store = database.store(at: (start + Int64(number)) * Self.hour + 1)
      if number % 10 == 0 {
        store.recordFailure(of: Event(nil, id: "msg_\(number)").delivery, reason: "locked")
      } else {
        _ = try store.apply(Event(nil, id: "msg_\(number)"))
      }
    }
    let bars = try DeliveryCounts.readSeries(
      from: start, step: step, on: database.store.database.openForReading())
    var expected: [String: Int64] = [:]
    for number in 0..<50 as Range<Int64> {
      expected[
        "\((start + number / step * step) * Self.hour) \(number % 10 == 0 ? "failed" : "ignored")", default: 0
      ] +=
        1
    }
    let found = Dictionary(
      uniqueKeysWithValues: bars.map { ("\($0.start) \($0.count.outcome)", $0.count.deliveries) })
    #expect(found == expected)
  }
}
