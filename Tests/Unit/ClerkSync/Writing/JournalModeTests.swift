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
    #expect(!FileManager.default.fileExists(atPath: "\(database.path)-journal"))
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
