import ClerkSync
import Foundation
import TestSupport
import Testing

@Suite struct JournalModeTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
  }

  @Test(arguments: JournalMode.allCases)
  func `In each mode a store reads the writes of the previous one`(mode: JournalMode) throws {
    try mode.makeDatabase(at: database.path)
    for keepsConnection in [true, false] {
      let store = database.store(at: UserStore.now, keepsConnection: keepsConnection)
      _ = try store.createUser(.ada("user_1"))
      _ = try store.updateUser(.ada("user_2", role: "admin"))
    }
    try database.store.deleteUser(id: "user_1")
    #expect(try database.column("SELECT id || ' ' || role FROM users") == ["user_2 admin"])
    #expect(try database.column("PRAGMA journal_mode") == [mode == .wal ? "wal" : "delete"])
    #expect(FileManager.default.fileExists(atPath: "\(database.path)-wal") == (mode == .wal))
  }

  @Test func `The rollback journal is kept, and is harmless to other programs`() throws {
    try JournalMode.rollback.makeDatabase(at: database.path)
    _ = try database.store.createUser(.ada("user_1"))
    let journal = URL(filePath: "\(database.path)-journal")
    #expect(
      try Data(contentsOf: journal).prefix(28) == Data(count: 28),
      "an empty header (sqlite.org/fileformat2.html)")
    #expect(try database.column("SELECT id FROM users") == ["user_1"])
    // Another program deletes the journal with its commit, and copies of the file need no journal.
    try database.execute("UPDATE users SET phone = '1'")
    #expect(!FileManager.default.fileExists(atPath: journal.path))
    _ = try database.store.createUser(.ada("user_2"))
    try database.execute("PRAGMA journal_mode = WAL")
    _ = try database.store.createUser(.ada("user_3"))
    #expect(try database.column("SELECT id FROM users ORDER BY id") == ["user_1", "user_2", "user_3"])
    #expect(try database.column("PRAGMA integrity_check") == ["ok"])
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a file to another user"))
  func `The journal belongs to the owner of the database`() throws {
    try JournalMode.rollback.makeDatabase(at: database.path)
    try #require(unsafe chown(database.folder.path, 65534, 65534) == 0)
    try #require(unsafe chown(database.path, 65534, 65534) == 0)
    _ = try database.store.createUser(.ada("user_1"))
    var status = stat()
    #expect(unsafe stat("\(database.path)-journal", &status) == 0)
    #expect(status.st_uid == 65534)
  }

  @Test(arguments: [JournalMode.allCases, JournalMode.allCases.reversed()])
  func `The mode can change while a store is in use`(modes: [JournalMode]) throws {
    var options = UserStore.Options()
    options.keepsConnection = false
    let store = UserStore(database: database.path, options: options)
    for (number, mode) in modes.enumerated() {
      try mode.makeDatabase(at: database.path)
      _ = try store.createUser(.ada("user_\(number)"))
    }
    #expect(try database.column("SELECT id FROM users ORDER BY id") == ["user_0", "user_1"])
  }
}
