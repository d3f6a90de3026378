import Foundation
import SQLite
import TestSupport
import Testing

@testable import ClerkSync

@Suite struct ReadingTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase(inMemory: true)
  }

  /// Inserts 2500 users and 2500 deliveries. Every seventh delivery has failed.
  private func fill() throws {
    try database.store.prepare()
    try database.execute(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
      INSERT INTO users SELECT printf('user_%05d', i * 7919 % 10007), i || '@example.org', 'Ada', 'L', '', NULL,
        CASE WHEN i % 100 = 0 THEN 'admin' ELSE 'client' END, i, i FROM n
      """,
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
      INSERT INTO clerk_sync_deliveries SELECT 'msg_' || i, CASE WHEN i % 2 THEN 'user.created' ELSE 'user.updated' END,
        'user_' || (i % 10), CASE WHEN i % 7 THEN 'applied' ELSE 'failed' END, NULL, 1, i, i FROM n
      """)
  }

  @Test(arguments: [1, 7, 500, 2500, 3000])
  func `Pages of users contain each user once, in order`(size: Int) throws {
    try fill()
    var ids: [String] = []
    while true {
      let page = try database.store.users(after: ids.last, limit: size)
      ids += page.map(\.id)
      if page.count < size { break }
    }
    #expect(ids.count == 2500)
    #expect(ids == Set(ids).sorted())
  }

  @Test(arguments: [1, 7, 500, 2500, 3000])
  func `Pages of deliveries contain each delivery once, in both directions`(size: Int) throws {
    try fill()
    var forward: [Int64] = []
    var backward: [Int64] = []
    while true {
      let page = try database.store.deliveries(after: forward.last ?? 0, limit: size).map(\.position)
      forward += page
      let other = try database.store.deliveries(before: backward.last, limit: size).map(\.position)
      backward += other
      #expect(page.count == other.count)
      if page.count < size { break }
    }
    #expect(forward == Array(1...2500))
    #expect(backward == forward.reversed())
  }

  @Test func `A delivery that arrives between two pages shifts no row`() throws {
    try fill()
    let first = try database.store.deliveries(before: nil, limit: 10)
    _ = try database.store.apply(Event(nil))
    try database.execute("DELETE FROM clerk_sync_deliveries WHERE rowid < 100")
    let second = try database.store.deliveries(before: first.last?.position, limit: 10)
    #expect((first + second).map(\.position) == Array((2481...2500).reversed()))
  }

  @Test(
    arguments: [
      (DeliveryFilter(), 2500), (.failed, 357), (DeliveryFilter(type: "user.created"), 1250),
      (DeliveryFilter(objectID: "user_3"), 250), (DeliveryFilter(since: 2001), 500),
      (DeliveryFilter(outcome: "failed", type: "user.created", objectID: "user_3", since: 2001), 7),
      (DeliveryFilter(type: "user"), 0), (DeliveryFilter(objectID: "' OR 1 --"), 0),
    ] as [(DeliveryFilter, Int)])
  func `Delivery filters combine, and match the same in both directions`(filter: DeliveryFilter, count: Int)
    throws
  {
    try fill()
    let forward = try database.store.deliveries(filter, after: 0, limit: 5000)
    let backward = try database.store.deliveries(filter, before: nil, limit: 5000)
    #expect(forward.count == count)
    #expect(forward == backward.reversed())
  }

  @Test(
    arguments: [
      (UserFilter(), 2500), (UserFilter(role: "admin"), 25), (UserFilter(email: "100@example.org"), 1),
      (UserFilter(email: "100@example.org", role: "client"), 0), (UserFilter(id: "user_07919"), 1),
      (UserFilter(id: "user_07919", email: "1@example.org", role: "client"), 1),
      (UserFilter(id: "user_07919", email: "2@example.org"), 0), (UserFilter(role: "' OR 1 --"), 0),
    ] as [(UserFilter, Int)])
  func `User filters combine`(filter: UserFilter, count: Int) throws {
    try fill()
    let users = try database.store.users(filter, limit: 5000)
    #expect(users.count == count)
    #expect(
      try database.store.users(filter, after: users.last?.id ?? "", limit: 5000).count
        == (count > 0 ? 0 : count))
  }

  @Test func `A row is returned as stored`() throws {
    let seconds = try TestDatabase(timestamps: .seconds)
    try seconds.store.create(.ada(role: "admin"))
    #expect(
      try seconds.store.users(limit: 9) == [
        StoredUser(
          id: "user_1", email: "user_1@example.org", firstName: "Ada", lastName: "Lovelace", role: "admin",
          createdAt: UserStore.now / 1000, updatedAt: UserStore.now / 1000)
      ])
    #expect(TimestampUnit.seconds.milliseconds(UserStore.now / 1000) == UserStore.now - 123)
    #expect(TimestampUnit.seconds.milliseconds(.max) == .max)
  }

  @Test func `An entry has its attempts`() throws {
    let event = Event(.created(.ada()), id: "msg_1")
    database.store(at: 1000).recordFailure(of: event.delivery, reason: "locked")
    database.store(at: 2000).recordFailure(of: event.delivery, reason: "full")
    let entry = DeliveryRecord(
      position: 1, id: "msg_1", type: "user.created", objectID: "user_1", outcome: "failed", error: "full",
      attempts: 2,
      firstSeen: 1000, lastSeen: 2000)
    #expect(entry.isFailed)
    #expect(try database.store.deliveries(at: [7, 1]) == [entry])
    #expect(try database.store.newestPosition() == 1)
  }

  @Test func `The statistics count everything, over several pages`() throws {
    try fill()
    try database.execute(
      """
      INSERT INTO clerk_sync_versions
      VALUES ('user_1', 5, 0, NULL, NULL), ('user_2', 9, 2, 1, NULL), ('user_3', 7, 2, 1, NULL)
      """,
      """
      WITH RECURSIVE n(i) AS (SELECT 2501 UNION ALL SELECT i + 1 FROM n WHERE i < 45000)
      INSERT INTO clerk_sync_deliveries SELECT 'msg_' || i, NULL, NULL, 'ignored', NULL, 1, 1, 1 FROM n
      """)
    let statistics = try database.store.statistics()
    #expect(
      statistics.deliveries.map { "\($0.outcome) \($0.type ?? "-") \($0.deliveries)" } == [
        "applied user.created 1071", "applied user.updated 1072", "failed user.created 179",
        "failed user.updated 178", "ignored - 42500",
      ])
    #expect(statistics.failures == 357)
    #expect(statistics.lastDelivery == 2500)
    #expect(statistics.newestVersion == 9)
    #expect(statistics.users == 2500)
    #expect(statistics.tombstones == 2)
    #expect(statistics.journalMode == (try database.column("PRAGMA journal_mode").first))
    #expect(statistics.library == (try database.column("SELECT sqlite_version()").first))
  }

  @Test func `Reading creates nothing`() throws {
    func readers() -> [() throws -> Void] {
      [
        { _ = try database.store.users(limit: 1) }, { _ = try database.store.deliveries(limit: 1) },
        { _ = try database.store.statistics() }, { _ = try database.store.newestPosition() },
        { _ = try database.store.prunable(before: 1) }, { try database.store.prune(before: 1) },
      ]
    }
    for read in readers() { #expect(throws: StoreError.missing(database: database.path)) { try read() } }
    #expect(try FileManager.default.contentsOfDirectory(atPath: database.folder.path) == [])
    try database.execute("CREATE TABLE other (a)")
    for read in readers() { #expect(throws: StoreError.notPrepared(database: database.path)) { try read() } }
    #expect(try database.column("SELECT name FROM sqlite_schema") == ["other"])
  }

  @Test(arguments: JournalMode.allCases)
  func `Readers neither wait for a writer nor block it`(mode: JournalMode) throws {
    try mode.makeDatabase(at: database.path)
    try fill()
    let writer = try database.open()
    try writer.run("BEGIN IMMEDIATE")
    try writer.run("DELETE FROM users WHERE id = 'user_07919'")
    let start = ContinuousClock.now
    #expect(try database.store.users(limit: 5000).count == 2500)
    #expect(try database.store.statistics().users == 2500)
    #expect(ContinuousClock.now - start < .seconds(5))
    try writer.run("COMMIT")
  }
}
