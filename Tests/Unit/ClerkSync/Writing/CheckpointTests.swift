import ClerkSync
import Foundation
import SQLite
import TestSupport
import Testing

@Suite struct CheckpointTests {
  /// The size of a WAL frame in bytes: a page of 4096 bytes and a header of 24.
  private static let frame = 4120
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase(inMemory: true)
    try JournalMode.wal.makeDatabase(at: database.path)
  }

  @Test(arguments: [(true, 4000), (false, 100)])
  func `The WAL does not grow beyond its limit`(keepsConnection: Bool, pages: Int) throws {
    let store = database.store(at: UserStore.now, keepsConnection: keepsConnection)
    var largest = 0
    for number in 0..<2000 {
      _ = try store.createUser(.ada("user_\(number)"))
      largest = max(largest, try walSize())
    }
    #expect(largest > pages * 9 / 10 * Self.frame)
    #expect(largest < pages * 12 / 10 * Self.frame)
    #expect(try database.column("SELECT count(*) FROM users") == ["2000"])
    #expect(try database.column("PRAGMA integrity_check") == ["ok"])
  }

  @Test(arguments: [true, false])
  func `Below that size no checkpoint runs, even when the last connection closes`(
    keepsConnection: Bool
  ) throws {
    do {
      let store = database.store(at: UserStore.now, keepsConnection: keepsConnection)
      try store.prepare()
      let before = try Data(contentsOf: URL(filePath: database.path))
      for number in 0..<10 { _ = try store.createUser(.ada("user_\(number)")) }
      #expect(try Data(contentsOf: URL(filePath: database.path)) == before)
    }
    #expect(try walSize() > 10 * Self.frame)
    let next = database.store(at: UserStore.now, keepsConnection: keepsConnection)
    try next.deleteUser(id: "user_0")
    #expect(try database.column("SELECT count(*) FROM users") == ["9"])
  }

  @Test func `A slow reader neither delays writes nor makes them fail`() throws {
    try database.store.create(.ada("user"))
    var slowest = Duration.zero
    var size = 0
    do {
      let reader = try database.open()
      try reader.run("BEGIN")
      let count = try reader.column("SELECT count(*) FROM users")
      for number in 0..<2500 {
        let time = try ContinuousClock().measure { _ = try database.store.createUser(.ada("user_\(number)")) }
        slowest = max(slowest, time)
      }
      #expect(try reader.column("SELECT count(*) FROM users") == count)
      size = try walSize()
    }
    // A write that waits for the reader takes the whole busy timeout.
    #expect(slowest < .seconds(5))
    #expect(size > 5000 * Self.frame)

    // After the reader ends, a checkpoint runs and the WAL starts over.
    for number in 2500..<5000 { _ = try database.store.createUser(.ada("user_\(number)")) }
    #expect(try walSize() < 4400 * Self.frame)
    #expect(try database.column("SELECT count(*) FROM users") == ["5001"])
    #expect(try database.column("PRAGMA integrity_check") == ["ok"])
  }

  private func walSize() throws -> Int {
    try URL(filePath: "\(database.path)-wal").resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
  }
}
