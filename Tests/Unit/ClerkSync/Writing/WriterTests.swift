import Foundation
import SQLite
import Synchronization
import TestSupport
import Testing

@testable import ClerkSync

/// Writes that share a commit.
@Suite struct WriterTests {
  private let folder: TemporaryFolder
  private let path: String
  private let store: UserStore

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("app.db")
    try JournalMode.rollback.makeDatabase(at: path)
    var options = UserStore.Options()
    options.connection = TestMode.connection.flatMap(ConnectionMode.init) ?? .perRequest
    store = UserStore(database: path, options: options)
  }

  @Test func `Waiting writes are committed together, and an invalid one fails alone`() throws {
    let (store, path) = (store, path)
    #expect(try store.createUser(.ada("user_0", email: "taken@example.org")) == .applied)
    let before = try commits()
    let outcomes = Mutex<[Int: Result<Outcome, StoreError>]>([:])
    let isHeld = Atomic(false)
    let begun = Atomic(0)
    try inThreads(9) { thread in
      guard thread < 8 else {
        return try Self.holdWriteLock(of: path) {
          isHeld.store(true, ordering: .relaxed)
          #expect(eventually { begun.load(ordering: .relaxed) == 8 })
          // The threads execute a few more instructions before they wait.
          usleep(300_000)
        }
      }
      _ = eventually { isHeld.load(ordering: .relaxed) }
      begun.add(1, ordering: .relaxed)
      let user = User.ada("user_\(thread + 1)", email: thread == 3 ? "taken@example.org" : nil)
      let outcome = Result { () throws(StoreError) in try store.createUser(user) }
      outcomes.withLock { $0[thread] = outcome }
    }
    for (thread, outcome) in outcomes.withLock(\.self) {
      #expect(outcome == (thread == 3 ? .failure(.emailTaken(by: "user_0")) : .success(.applied)))
    }
    #expect(try DatabaseFile(path).rows("SELECT count(*) FROM users") == [["8"]])
    // The first write commits alone or with a few others, and the rest commit together.
    #expect(try commits() - before < 7)
  }

  @Test func `A message delivered several times at once is applied once`() throws {
    let store = store
    let event = Event(.created(.ada()), id: "msg_1")
    let outcomes = Mutex<[Outcome]>([])
    try inThreads(8) { _ in
      let outcome = try store.apply(event)
      outcomes.withLock { $0.append(outcome) }
    }
    #expect(outcomes.withLock { $0.count { $0 == .applied } } == 1)
    #expect(outcomes.withLock { $0.count { $0 == .duplicate } } == 7)
  }

  @Test func `Writes that wait for another program's lock fail together, and the next succeeds`() throws {
    let (store, path) = (store, path)
    _ = try store.createUser(.ada())
    let isHeld = Atomic(false)
    let failed = Atomic(0)
    try inThreads(5) { thread in
      guard thread < 4 else {
        return try Self.holdWriteLock(of: path) {
          isHeld.store(true, ordering: .relaxed)
          #expect(eventually { failed.load(ordering: .relaxed) == 4 })
        }
      }
      _ = eventually { isHeld.load(ordering: .relaxed) }
      #expect(throws: StoreError.self) { try store.createUser(.ada("user_\(thread + 2)")) }
      failed.add(1, ordering: .relaxed)
    }
    #expect(try store.createUser(.ada("user_9")) == .applied)
    #expect(try DatabaseFile(path).rows("SELECT id FROM users") == [["user_1"], ["user_9"]])
  }

  @Test func `Each write waits for another program's lock until its own deadline`() throws {
    _ = try store.createUser(.ada())
    let database = Database(path: path, mapping: .builtIn)
    let context = StoreOperation.Context(
      mapping: .builtIn, recordsChanges: false, retention: 90, clock: .system)
    let writer = Writer(database, context: context, options: store.options)
    let isHeld = Atomic(false)
    let hasFailed = Atomic(false)
    let path = path
    @Sendable func create(_ id: String) -> StoreOperation {
      .event(.created(.ada(id)), time: 1, delivery: nil, source: .application)
    }
    try inThreads(3) { thread in
      switch thread {
      case 0:
        try Self.holdWriteLock(of: path) {
          isHeld.store(true, ordering: .relaxed)
          #expect(eventually { hasFailed.load(ordering: .relaxed) })
        }
      case 1:
        _ = eventually { isHeld.load(ordering: .relaxed) }
        #expect(throws: StoreError.self) {
          try writer.write(create("user_2"), deadline: .now + .milliseconds(50))
        }
        // The entry of a failure does not wait, because an answer waits for it.
        #expect(throws: StoreError.self) {
          try writer.write(
            .failure(of: Delivery(id: "msg_1"), reason: "refused", released: nil), deadline: .now)
        }
        hasFailed.store(true, ordering: .relaxed)
      default:
        _ = eventually { isHeld.load(ordering: .relaxed) }
        #expect(
          try writer.write(create("user_3"), deadline: .now + .seconds(testTimeout)) == Receipt(.applied))
      }
    }
    #expect(try DatabaseFile(path).rows("SELECT id FROM users") == [["user_1"], ["user_3"]])
  }

  /// Returns the number of committed transactions, from the change counter in the file's header
  /// (sqlite.org/fileformat2.html).
  private func commits() throws -> UInt32 {
    let header = Array(try Data(contentsOf: URL(filePath: path)).prefix(28))
    return header[24...].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Runs `body` while another connection holds the write lock.
  private static func holdWriteLock(of path: String, while body: () -> Void) throws {
    let other = try Database(path: path, mapping: .builtIn).open()
    try other.run("BEGIN IMMEDIATE")
    body()
    try other.run("ROLLBACK")
  }
}
