import ClerkSync
import Foundation
import SQLite
import TestSupport
import Testing

@Suite struct JournalModeChangeTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
  }

  @Test(arguments: [UserStore.JournalMode.allCases, UserStore.JournalMode.allCases.reversed()])
  func `The mode can be changed without losing data`(modes: [UserStore.JournalMode]) throws {
    let store = database.store(at: UserStore.now, keepsConnection: false)
    for (number, mode) in modes.enumerated() {
      if number == 0 { try store.prepare() }
      _ = try store.createUser(.ada("user_\(number)"))
      try store.setJournalMode(mode)
      #expect(try database.column("PRAGMA journal_mode") == [mode.rawValue])
      #expect(try store.users(limit: 9).count == number + 1)
    }
    #expect(FileManager.default.fileExists(atPath: "\(database.path)-wal") == (modes.last == .wal))
  }

  @Test func `A database in use keeps its mode`() throws {
    let store = database.store(at: UserStore.now, keepsConnection: false)
    try store.prepare()
    try store.setJournalMode(.wal)
    let reader = try database.open()
    #expect(try reader.column("SELECT count(*) FROM users") == ["0"])
    #expect(throws: StoreError.inUse(database: database.path)) { try store.setJournalMode(.delete) }
    #expect(try database.column("PRAGMA journal_mode") == ["wal"])
    try store.setJournalMode(.wal)
  }
}
