import Foundation
import SQLite
import Synchronization
import TestSupport
import Testing

/// The application writes to the same database, sometimes for long.
@Suite struct WriteLockTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder(inMemory: true)
  }

  @Test(arguments: JournalMode.allCases)
  func `A writer that holds the lock for two seconds, again and again, is waited for`(mode: JournalMode)
    throws
  {
    let database = try LoadedDatabase(folder.file("app.db"), mode: mode)
    let handler = try Handler(in: folder)
    #expect(try handler.isHealthy())
    let load = Load()
    let longest = Mutex(0.0)
    try load.run(clients: 4) { _, delivery in
      let start = Date.now
      defer { longest.withLock { $0 = max($0, Date.now.timeIntervalSince(start)) } }
      return try handler.answer(delivery)
    } while: {
      for number in 0..<3 {
        let answered = load.tally.answered
        try Self.lock(database.path, entirely: number == 1) { usleep(2_000_000) }
        #expect(eventually { load.tally.answered > answered + 8 })
      }
    }
    #expect(longest.withLock(\.self) > 1.5)
    #expect(load.tally.unanswered == 0)
    #expect(load.tally.refused.allSatisfy { $0["error"] == "database_error" })
    try database.expectEquals(load)
    #expect(try DatabaseFile(database.path).rows("SELECT count(*) FROM other") == [["3"]])
  }

  @Test(arguments: [(JournalMode.wal, false), (.delete, false), (.delete, true)])
  func `A lock held for longer than that fails all who wait within the same five seconds`(
    mode: JournalMode, entirely: Bool
  ) throws {
    let database = try LoadedDatabase(folder.file("app.db"), mode: mode)
    let handler = try Handler(in: folder)
    #expect(try handler.isHealthy())
    let deliveries = try (0..<4).map { try SignedDelivery(Payload.user(id: "user_\($0)")) }
    try Self.lock(database.path, entirely: entirely) {
      try inThreads(4) { client in
        let start = Date.now
        let answer = try handler.answer(deliveries[client])
        let seconds = Date.now.timeIntervalSince(start)
        #expect((4.5...6.5).contains(seconds), "\(seconds) s")
        #expect(answer?.status == 500)
        #expect(answer?["error"] == "database_error")
        let advice = "another program held the write lock for longer than 5 s; the delivery will be repeated"
        #expect(answer?.standardError.contains(advice) == true)
      }
    }
    for delivery in deliveries { #expect(try handler.answer(delivery)?["outcome"] == "applied") }
    let users = try DatabaseFile(database.path).rows("SELECT id FROM users ORDER BY id")
    #expect(users == [["user_0"], ["user_1"], ["user_2"], ["user_3"]])
  }

  /// Writes as another program does, and holds the lock, the readers' too when it is `entirely`, while `body` runs.
  private static func lock(_ path: String, entirely: Bool, _ body: () throws -> Void) throws {
    let writer = try Connection.open(path, busyTimeout: 5000)
    try writer.execute(entirely ? "BEGIN EXCLUSIVE" : "BEGIN IMMEDIATE")
    try writer.execute("INSERT INTO other VALUES (1)")
    try body()
    try writer.execute("COMMIT")
  }
}
