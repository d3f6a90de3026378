import ClerkSync
import Foundation
import TestSupport
import Testing

@Suite struct IdleConnectionTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
  }

  @Test(arguments: JournalMode.allCases)
  func `A store keeps one connection to a WAL from its first write until its end`(mode: JournalMode) throws {
    try mode.makeDatabase(at: database.path)
    do {
      let store = UserStore(database: database.path)
      #expect(try descriptors() == [])
      _ = try store.createUser(.ada("user_0"))
      let kept = try descriptors()
      #expect(kept.isEmpty == (mode == .rollback))
      for number in 1..<20 { _ = try store.createUser(.ada("user_\(number)")) }
      #expect(try descriptors() == kept)
    }
    #expect(try descriptors() == [])
  }

  @Test(.enabled(if: TestMode.connection == nil, "a shared connection is kept whatever the mode"))
  func `If the file is changed to WAL, the store keeps the WAL open from its next write`() throws {
    try JournalMode.rollback.makeDatabase(at: database.path)
    let store = UserStore(database: database.path)
    _ = try store.createUser(.ada("user_0"))
    try database.execute("PRAGMA journal_mode = WAL")
    #expect(try !descriptors().contains("\(database.path)-wal"))
    _ = try store.createUser(.ada("user_1"))
    #expect(try descriptors().contains("\(database.path)-wal"))
  }

  @Test(arguments: JournalMode.allCases)
  func `A store without keepsConnection keeps no connection`(mode: JournalMode) throws {
    try mode.makeDatabase(at: database.path)
    let store = database.store(at: UserStore.now, keepsConnection: false)
    for number in 0..<3 { _ = try store.createUser(.ada("user_\(number)")) }
    #expect(try descriptors() == [])
  }

  @Test(arguments: JournalMode.allCases, ["deleted", "moved", "replaced"])
  func `A file that is gone is closed, and the file in its place is used`(
    mode: JournalMode, fate: String
  ) throws {
    try mode.makeDatabase(at: database.path)
    _ = try database.store.createUser(.ada("user_1"))
    let other = try TestDatabase("other.db")
    try mode.makeDatabase(at: other.path)

    for suffix in ["-wal", "-shm", ""] where FileManager.default.fileExists(atPath: database.path + suffix) {
      if fate == "moved" {
        try FileManager.default.moveItem(
          atPath: database.path + suffix, toPath: "\(database.path).old\(suffix)")
      } else {
        try FileManager.default.removeItem(atPath: database.path + suffix)
      }
    }
    if fate == "replaced" {
      _ = try other.store(at: UserStore.now, keepsConnection: false).createUser(.ada("other"))
      for suffix in ["-wal", ""] where FileManager.default.fileExists(atPath: other.path + suffix) {
        try FileManager.default.moveItem(atPath: other.path + suffix, toPath: database.path + suffix)
      }
    }

    for _ in 0..<2 { _ = try database.store.createUser(.ada("user_2")) }
    #expect(
      try database.column("SELECT id FROM users ORDER BY id")
        == (fate == "replaced" ? ["other", "user_2"] : ["user_2"]))
    let own = ["", "-shm", "-wal"].map { database.path + $0 }
    #expect(try Set(descriptors()).subtracting(own) == [])
  }

  @Test func `A WAL left behind by a deleted file is discarded`() throws {
    try JournalMode.wal.makeDatabase(at: database.path)
    _ = try database.store.createUser(.ada("user_1"))
    try FileManager.default.removeItem(atPath: database.path)
    _ = try database.store.createUser(.ada("user_2"))
    _ = try database.store.createUser(.ada("user_3"))
    #expect(try database.column("SELECT id FROM users ORDER BY id") == ["user_2", "user_3"])
    #expect(try database.column("PRAGMA integrity_check") == ["ok"])
  }

  /// Returns the files in the folder that this process has open.
  private func descriptors() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
    }.filter { $0.hasPrefix("\(database.folder.path)/") }.sorted()
  }
}
