import ClerkSync
import Foundation
import SQLite
import TestSupport
import Testing

@Suite struct UserStoreTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
  }

  @Test func `The first use creates the folder, the file and the table`() throws {
    let nested = try TestDatabase("a/b/app.db")
    try nested.store.prepare()
    let table = try nested.column(
      "SELECT name || ' ' || type || ' ' || \"notnull\" || ' ' || pk FROM pragma_table_info('users')")
    #expect(
      table == [
        "id TEXT 0 1", "email TEXT 1 0", "firstName TEXT 1 0", "lastName TEXT 1 0", "password TEXT 0 0",
        "phone TEXT 0 0", "role TEXT 1 0", "createdAt INTEGER 1 0", "updatedAt INTEGER 1 0",
      ])
    #expect(try nested.users() == [])
  }

  @Test func `A new file uses the WAL if the SQLite library is safe with it`() throws {
    try database.store.prepare()
    let mode = Library.hasWALResetFix ? "wal" : "delete"
    #expect(try database.column("PRAGMA journal_mode") == [mode])
  }

  @Test func `In an empty file the table is created`() throws {
    try database.folder.write("", to: "app.db")
    #expect(try database.store.create(.ada()) == .applied)
    #expect(try database.users().count == 1)
  }

  @Test func `An event that is not a user's leaves only its entry in the ledger`() throws {
    let event = try Event.decode(#"{"type":"session.created","data":{}}"#)
    #expect(try database.store.apply(event) == .ignored)
    #expect(try database.users().isEmpty)
    #expect(
      try database.column("SELECT svix_id || type || outcome FROM clerk_sync_deliveries") == [
        "msg_1session.createdignored"
      ])
  }

  @Test func `A new user has an empty password, no phone and the current time`() throws {
    #expect(try database.store.create(.ada(role: "admin")) == .applied)
    #expect(
      try database.users() == [
        "'user_1' 'user_1@example.org' 'Ada' 'Lovelace' '' NULL 'admin' 1700000000123 1700000000123"
      ])
  }

  @Test func `A table with times in seconds is written in seconds`() throws {
    let seconds = try TestDatabase(timestamps: .seconds)
    try seconds.store.create(.ada())
    try seconds.store.update(.ada(), now: UserStore.now + 60_900)
    #expect(
      try seconds.column("SELECT createdAt || ' ' || updatedAt FROM users") == ["1700000000 1700000061"])
  }

  @Test func `An update changes only the columns that Clerk knows`() throws {
    try database.store.create(.ada())
    try database.store.create(.ada("user_2"))
    try database.execute(
      "UPDATE users SET password = 'hash', phone = '+1', createdAt = 7 WHERE id = 'user_1'")
    let changed = User(id: "user_1", email: "new@example.org", firstName: "A", lastName: "", role: "trainer")
    #expect(try database.store.update(changed, now: UserStore.now + 1) == .applied)
    #expect(
      try database.users() == [
        "'user_1' 'new@example.org' 'A' '' 'hash' '+1' 'trainer' 7 1700000000124",
        "'user_2' 'user_2@example.org' 'Ada' 'Lovelace' '' NULL 'client' 1700000000123 1700000000123",
      ])
  }

  @Test func `Creation and update have the same effect, in any order and repeatedly`() throws {
    try database.store.update(.ada())
    try database.store.create(.ada(), now: UserStore.now + 1)
    try database.store.create(.ada(), now: UserStore.now + 2)
    #expect(
      try database.column("SELECT createdAt || ' ' || updatedAt FROM users") == [
        "1700000000123 1700000000125"
      ])
  }

  @Test func `A deletion removes only that user`() throws {
    for id in ["user_1", "user_2", "user_3"] { try database.store.create(.ada(id)) }
    #expect(try database.store.delete("user_2") == .applied)
    #expect(try database.column("SELECT id FROM users ORDER BY id") == ["user_1", "user_3"])
  }

  @Test func `A user without a row can be deleted`() throws {
    #expect(try database.store.delete("user_2") == .applied)
    try database.store.create(.ada())
    #expect(try database.store.delete("USER_1") == .applied)
    #expect(try database.store.delete("user_%") == .applied)
    #expect(try database.users().count == 1)
  }

  @Test(arguments: [
    "'); DROP TABLE users; --", "' OR '1'='1", "Robert\"; DELETE FROM users; --", "?1", ":id", "%", "a\u{0}b",
    "Zoë 👩🏽‍🚀",
  ])
  func `External text is stored unchanged`(text: String) throws {
    try database.store.create(.ada())
    let hostile = User(id: text, email: "\(text)@", firstName: text, lastName: text, role: text)
    try database.store.create(hostile)
    let hex = text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    #expect(
      try database.column(
        "SELECT hex(id) || ' ' || hex(email) || ' ' || hex(firstName) || ' ' || hex(lastName) || ' ' || hex(role) FROM users WHERE id <> 'user_1'"
      )
        == ["\(hex) \(hex)40 \(hex) \(hex) \(hex)"])
    try database.store.delete(text)
    #expect(try database.column("SELECT id FROM users") == ["user_1"])
  }
}
