import Foundation
import SQLite
import Synchronization
import TestSupport
import Testing

@testable import ClerkSync

/// Commits in groups on one kept connection.
@Suite struct SharedWriterTests {
  private let folder: TemporaryFolder
  private let path: String
  private let store: UserStore

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("app.db")
    try JournalMode.rollback.makeDatabase(at: path)
    var options = UserStore.Options()
    options.connection = .shared
    store = UserStore(database: path, options: options)
  }

  @Test func `Writes that wait are committed together, and a bad one among them fails alone`() throws {
    let (store, path) = (store, path)
    #expect(try store.createUser(.ada("user_0", email: "taken@example.org")) == .applied)
    let before = try commits()
    let outcomes = Mutex<[Int: Result<Outcome, StoreError>]>([:])
    try inThreads(9) { thread in
      guard thread < 8 else { return try Self.holdWriteLock(of: path) }
      usleep(300_000)
      let user = User.ada("user_\(thread + 1)", email: thread == 3 ? "taken@example.org" : nil)
      let outcome = Result { () throws(StoreError) in try store.createUser(user) }
      outcomes.withLock { $0[thread] = outcome }
    }
    for (thread, outcome) in outcomes.withLock(\.self) {
      #expect(outcome == (thread == 3 ? .failure(.emailTaken(by: "user_0")) : .success(.applied)))
    }
    #expect(try DatabaseFile(path).rows("SELECT count(*) FROM users") == [["8"]])
    // The first to come leads alone or with a few; all the others follow in one.
    #expect(try commits() - before <= 3)
  }

  @Test func `A message that comes twice at once is applied once`() throws {
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

  @Test func `Who waits for another program's lock fails together, and the next succeeds`() throws {
    let (store, path) = (store, path)
    _ = try store.createUser(.ada())
    try inThreads(5) { thread in
      guard thread < 4 else { return try Self.holdWriteLock(of: path, for: 6_500_000) }
      usleep(300_000)
      #expect(throws: StoreError.self) { try store.createUser(.ada("user_\(thread + 2)")) }
    }
    #expect(try store.createUser(.ada("user_9")) == .applied)
    #expect(try DatabaseFile(path).rows("SELECT id FROM users") == [["user_1"], ["user_9"]])
  }

  /// How many transactions have been committed: SQLite counts them in the file's header (sqlite.org/fileformat2.html).
  private func commits() throws -> UInt32 {
    let header = Array(try Data(contentsOf: URL(filePath: path)).prefix(28))
    return header[24...].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func holdWriteLock(of path: String, for time: UInt32 = 1_000_000) throws {
    let other = try Database(path: path).open()
    try other.execute("BEGIN IMMEDIATE")
    usleep(time)
    try other.execute("ROLLBACK")
  }
}
