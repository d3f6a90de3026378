import Foundation
import SQLite
import TestSupport
import Testing

@testable import ClerkSync

@Suite struct SchemaTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
  }

  @Test func `The sync's tables are added beside an adopted one, and nothing else changes`() throws {
    try database.execute(
      """
      CREATE TABLE users (id TEXT PRIMARY KEY, email, firstName, lastName, password, phone, role, createdAt, updatedAt)
      """,
      "CREATE TABLE bookings (id INTEGER PRIMARY KEY)", "PRAGMA user_version = 42",
      "PRAGMA application_id = 7")
    let schema: StaticString = "SELECT sql FROM sqlite_schema WHERE tbl_name NOT GLOB 'clerk_sync_*'"
    let before = try database.column(schema)
    try database.store.create(.ada())
    #expect(try database.column(schema) == before)
    #expect(
      try database.column("SELECT name FROM sqlite_schema WHERE name GLOB 'clerk_sync_*' ORDER BY name") == [
        "clerk_sync_counts", "clerk_sync_deliveries", "clerk_sync_schema", "clerk_sync_tombstones",
        "clerk_sync_unapplied", "clerk_sync_versions",
      ])
    #expect(try database.column("SELECT version FROM clerk_sync_schema") == ["2"])
    #expect(try database.column("PRAGMA user_version") == ["42"])
    #expect(try database.column("PRAGMA application_id") == ["7"])
  }

  @Test(
    arguments: [
      ("the tables this program knows", nil, false),
      ("one table less", "DROP TABLE clerk_sync_versions", true),
      ("a column more in one", "ALTER TABLE clerk_sync_deliveries ADD COLUMN more", true),
      ("a column more in the other", "ALTER TABLE clerk_sync_versions ADD COLUMN more", true),
    ] as [(String, StaticString?, Bool)])
  func `Tables of a newer version are refused, and nothing is written`(
    name: String, change: StaticString?, whileInUse: Bool
  ) throws {
    let inUse = database.store
    try inUse.create(.ada())
    try database.execute("UPDATE clerk_sync_schema SET version = 3")
    if let change { try database.execute(change) }
    let before = try database.bytes()
    let event = Event(.deleted(id: "user_1"))
    let store = whileInUse ? inUse : database.store(at: UserStore.now)
    for use in [{ try store.prepare() }, { _ = try store.apply(event) }] {
      let error = #expect(throws: StoreError.self) { try use() }
      #expect(error == .newerSchema(found: 3, database: database.path))
      #expect(
        error?.description
          == "\(database.path): the clerk_sync tables have version 3, this program knows 2: "
          + "run the newer clerk-sync that created them")
    }
    store.recordFailure(of: event.delivery, reason: "newer")
    #expect(try database.bytes() == before)
  }

  @Test(
    arguments: [
      "DROP TABLE users", "DROP TABLE clerk_sync_schema", "DROP TABLE clerk_sync_deliveries",
      "DROP TABLE clerk_sync_versions",
    ] as [StaticString])
  func `A table dropped while a store is in use is created again`(dropping: StaticString) throws {
    try database.store.create(.ada())
    let schema: StaticString = "SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name"
    let before = try database.column(schema)
    try database.execute(dropping)
    try database.store.update(.ada(role: "admin"))
    #expect(try database.column(schema) == before)
    #expect(try database.column("SELECT role FROM users") == ["admin"])
    #expect(try database.column("SELECT version FROM clerk_sync_schema") == ["2"])
  }

  @Test(
    arguments: [
      ["DROP TABLE clerk_sync_versions"],
      [
        "DROP TABLE clerk_sync_versions", "DROP TABLE clerk_sync_deliveries", "DROP TABLE clerk_sync_counts",
        "DROP TABLE clerk_sync_schema",
      ],
    ] as [[StaticString]], ConnectionMode.allCases)
  func `The first delivery that succeeds after a loss of the tables says what is forgotten`(
    dropping: [StaticString], mode: ConnectionMode
  ) throws {
    var options = UserStore.Options()
    options.connection = mode
    let store = UserStore(database: database.path, options: options)
    let create = Event(.created(.ada()), at: 1, id: "msg_1")
    #expect(try store.deliver(create).warning == nil)
    for statement in dropping { try database.open().run(SQL(stringLiteral: statement)) }
    // These return no warning, or fail.
    #expect(try store.updateUser(.ada(), updatedAt: 2) == .applied)
    let taken = Event(.created(.ada("user_2", email: "user_1@example.org")), at: 2, id: "msg_2")
    #expect(throws: StoreError.self) { try store.deliver(taken) }
    let others = (3...4).map { Event(.created(.ada("user_\($0)")), at: 3, id: "msg_\($0)") }
    let warnings = try store.deliver(others).map { try $0.get().warning }
    #expect(warnings == [GroupCommitter.lostTables, nil])
    #expect(try store.deliver(Event(nil, id: "msg_5")).warning == nil)
  }

  @Test func `A new process knows of a loss if a table was left`() throws {
    for (dropping, isKnown) in [
      (["DROP TABLE clerk_sync_versions"], true),
      (
        [
          "DROP TABLE clerk_sync_versions", "DROP TABLE clerk_sync_deliveries",
          "DROP TABLE clerk_sync_counts",
          "DROP TABLE clerk_sync_schema",
        ], false
      ), (["DROP TABLE clerk_sync_counts"], false),
    ] as [([StaticString], Bool)] {
      let database = try TestDatabase()
      try database.store.create(.ada())
      for statement in dropping { try database.open().run(SQL(stringLiteral: statement)) }
      let receipt = try database.store(at: UserStore.now).deliver(Event(nil, id: "msg_1"))
      #expect(receipt.warning == (isKnown ? GroupCommitter.lostTables : nil))
    }
  }

  @Test(arguments: 0..<5)
  func `Independent stores can create the file at the same time`(round: Int) throws {
    let path = database.folder.file("data/\(round)/app.db")
    try inThreads(8) { thread in
      let store = UserStore(database: path)
      if thread.isMultiple(of: 2) { try store.prepare() }
      _ = try store.createUser(.ada("user_\(thread)"))
    }
    let file = DatabaseFile(path)
    #expect(try file.rows("SELECT count(*) FROM users") == [["8"]])
    #expect(try file.rows("SELECT version FROM clerk_sync_schema") == [["2"]])
  }
}
