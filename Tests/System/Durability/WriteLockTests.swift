import Foundation
import SQLite
import Synchronization
import TestSupport
import Testing

/// Tests of other programs that lock the database.
@Suite(.waits) struct WriteLockTests {
  enum Lock {
    /// A read transaction. With a rollback journal it blocks commits.
    case read
    case write
    /// With a rollback journal it also blocks readers.
    case exclusive

    func take(on connection: borrowing Connection) throws {
      switch self {
      case .read: try connection.run("BEGIN")
      case .write: try connection.run("BEGIN IMMEDIATE")
      case .exclusive: try connection.run("BEGIN EXCLUSIVE")
      }
      if self == .read {
        try connection.run("SELECT * FROM other")
      } else {
        try connection.run("INSERT INTO other VALUES (1)")
      }
    }
  }

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder(inMemory: true)
  }

  @Test(arguments: JournalMode.allCases)
  func `A delivery waits for a writer that repeatedly holds the lock for two seconds`(mode: JournalMode)
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
        try Self.hold(number == 1 ? .exclusive : .write, of: database.path) { usleep(2_000_000) }
        #expect(eventually { load.tally.answered > answered + 8 })
      }
    }
    #expect(longest.withLock(\.self) > 1.5)
    #expect(load.tally.unanswered == 0)
    #expect(load.tally.refused.allSatisfy { $0["error"] == "database_error" })
    try database.expectEquals(load)
    #expect(try DatabaseFile(database.path).rows("SELECT count(*) FROM other") == [["3"]])
  }

  @Test(arguments: [
    (JournalMode.wal, Lock.write), (.delete, .write), (.delete, .exclusive), (.delete, .read),
  ])
  func `A lock held for longer fails all waiting deliveries within the same five seconds`(
    mode: JournalMode, lock: Lock
  ) throws {
    let database = try LoadedDatabase(folder.file("app.db"), mode: mode)
    let handler = try Handler(in: folder)
    #expect(try handler.isHealthy())
    let deliveries = try (0..<4).map { try SignedDelivery(Payload.user(id: "user_\($0)")) }
    try Self.hold(lock, of: database.path) {
      try inThreads(4) { client in
        let start = Date.now
        let answer = try handler.answer(deliveries[client])
        let seconds = Date.now.timeIntervalSince(start)
        // If they waited one after the other, it would take 5, 10, 15 and 20 s.
        #expect((4.5...15).contains(seconds), "\(seconds) s")
        #expect(answer?.status == 500)
        #expect(answer?["error"] == "database_error")
        let advice = "another program held the write lock for longer than 5 s; the delivery will be retried"
        #expect(answer?.standardError.contains(advice) == true)
      }
    }
    for delivery in deliveries { #expect(try handler.answer(delivery)?["outcome"] == "applied") }
    let users = try DatabaseFile(database.path).rows("SELECT id FROM users ORDER BY id")
    #expect(users == [["user_0"], ["user_1"], ["user_2"], ["user_3"]])
  }

  /// Holds the lock, like another program, while `body` runs.
  private static func hold(_ lock: Lock, of path: String, _ body: () throws -> Void) throws {
    let connection = try Connection.open(path, busyTimeout: Int32(testTimeout) * 1000)
    try lock.take(on: connection)
    try body()
    try connection.run("COMMIT")
  }
}
