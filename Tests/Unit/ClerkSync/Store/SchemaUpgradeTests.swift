import SQLite
import TestSupport
import Testing

@testable import ClerkSync

/// A database of clerk-sync 0.1.0 under this program.
@Suite struct SchemaUpgradeTests {
  /// The columns that both versions have, under the names of the second.
  private static let deliveries: StaticString = """
    SELECT svix_id || ' ' || outcome || ' ' || attempts || ' ' || first_seen || ' ' || last_seen || ' '
      || coalesce(type, '-') || ' ' || coalesce(object_id, '-') || ' ' || (error IS NULL)
    FROM clerk_sync_deliveries ORDER BY rowid
    """
  private static let versions: StaticString = """
    SELECT object_id || ' ' || version || ' ' || rank || ' ' || coalesce(deleted, '-') || ' ' || coalesce(released, '-')
    FROM clerk_sync_versions ORDER BY object_id
    """
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
    try FirstRelease.makeDatabase(at: database.path)
  }

  private func expectUpgraded() throws {
    #expect(try database.column("SELECT version FROM clerk_sync_schema") == ["2"])
    #expect(
      Array(try database.column(Self.deliveries).prefix(7)) == [
        "msg_1 applied 1 1700000000000 1700000000000 user.created user_1 1",
        "msg_2 applied 1 1700000001000 1700000001000 user.created user_2 1",
        "msg_3 applied 2 1700000002000 1700000003000 user.deleted user_2 1",
        "msg_4 refused 1 1700000004000 1700000004000 user.created user_3 0",
        "msg_5 failed 3 1700000005000 1700000009000 user.created user_4 0",
        "msg_6 refused 1 1700000006000 1700000006000 - - 0",
        "msg_7 refused 1 1700000007000 1700000007000 user.updated user_1 0",
      ])
    #expect(
      Array(try database.column(Self.versions).prefix(3)) == [
        "user_1 1654012591835 0 - \(Int64.min)", "user_2 1654012591900 2 1700000002000 -",
        "user_3 \(Int64.min) 0 - \(Int64.min)",
      ])
    let new = try TestDatabase()
    try new.store.prepare()
    let schema: StaticString = """
      SELECT name || ': ' || (SELECT group_concat(name) FROM pragma_table_info(s.name)) FROM sqlite_schema AS s
      WHERE name GLOB 'clerk_sync_*' ORDER BY name
      """
    #expect(try database.column(schema) == new.column(schema))
  }

  @Test func `A preparation upgrades the tables and keeps every row`() throws {
    try database.store.prepare()
    try expectUpgraded()
    let before = try database.bytes()
    try database.store.prepare()
    #expect(try database.bytes() == before)
  }

  @Test(arguments: ConnectionMode.allCases, JournalMode.allCases)
  func `The first delivery upgrades the tables`(connection: ConnectionMode, mode: JournalMode) throws {
    if mode == .wal { try database.execute("PRAGMA journal_mode = WAL") }
    var options = UserStore.Options()
    options.connection = connection
    let store = UserStore(database: database.path, options: options, clock: WallClock { UserStore.now })
    #expect(try store.apply(Event(.created(.ada("user_9")), id: "msg_9")) == .applied)
    try expectUpgraded()
    #expect(try store.apply(Event(.created(.ada("user_2")), id: "msg_10")) == .stale)
    #expect(try store.apply(Event(.created(.ada("user_1")), at: 1_654_012_591_834, id: "msg_11")) == .stale)
    #expect(try store.apply(Event(.created(.ada("user_1")), id: "msg_1")) == .duplicate)
    #expect(try store.apply(Event(.created(.ada("user_4")), id: "msg_5")) == .applied)
  }

  @Test func `A refusal that 0.1.0 recorded is cleared by the next event`() throws {
    let store = database.store
    #expect(try store.apply(Event(.updated(.ada("user_3")), id: "msg_9")) == .applied)
    #expect(
      try database.column("SELECT outcome FROM clerk_sync_deliveries WHERE svix_id = 'msg_4'") == ["stale"])
    #expect(
      try database.column(
        "SELECT version || ' ' || (released IS NULL) FROM clerk_sync_versions WHERE object_id = 'user_3'")
        == ["\(UserStore.now) 1"])
    #expect(
      try database.column("SELECT count(*) FROM clerk_sync_deliveries WHERE outcome = 'refused'") == ["2"])
  }

  @Test func `A reader changes nothing and says what upgrades the tables`() throws {
    let before = try database.bytes()
    let expected = StoreError.olderSchema(database: database.path)
    #expect(throws: expected) { try database.store.users(limit: 1) }
    #expect(throws: expected) { try database.store.statistics() }
    #expect(throws: expected) { try database.store.prune(before: .max) }
    #expect(throws: expected) { try database.store.compare([]) }
    #expect(
      expected.description
        == "\(database.path) has the clerk_sync tables of an older version: the first delivery upgrades them, "
        + "and so does clerk-sync init")
    // A load balancer must send deliveries here, or nothing would ever upgrade the tables.
    try database.store.check()
    #expect(try database.store.inspect().isOutdated)
    #expect(try database.bytes() == before)
  }

  @Test func `A broken view and a broken trigger of the application do not prevent the upgrade`() throws {
    try database.execute(
      "CREATE VIEW broken AS SELECT * FROM absent",
      "CREATE TABLE bookings (id INTEGER PRIMARY KEY)",
      "CREATE TRIGGER broken_too AFTER INSERT ON bookings BEGIN INSERT INTO absent VALUES (new.id); END")
    try database.store.prepare()
    try expectUpgraded()
    #expect(
      try database.column("SELECT name FROM sqlite_schema WHERE name GLOB 'broken*'") == [
        "broken", "broken_too",
      ])
    #expect(try database.column("PRAGMA integrity_check") == ["ok"])
  }

  @Test(
    arguments: [
      "DROP TABLE clerk_sync_schema", "DROP TABLE clerk_sync_deliveries", "DROP TABLE clerk_sync_versions",
      "DROP TABLE clerk_sync_counts", "DROP TABLE users",
    ] as [StaticString])
  func `The upgrade also repairs a missing table`(dropping: StaticString) throws {
    try database.execute(dropping)
    #expect(try database.store.apply(Event(.created(.ada("user_9")), id: "msg_9")) == .applied)
    #expect(try database.column("SELECT version FROM clerk_sync_schema") == ["2"])
    try database.store.check()
  }

  @Test func `Several processes upgrade the tables once`() throws {
    let path = database.path
    try inThreads(8) { thread in
      _ = try UserStore(database: path).createUser(.ada("user_9\(thread)"))
    }
    try expectUpgraded()
    #expect(try database.column("SELECT count(*) FROM users") == ["9"])
  }

  @Test func `The counts agree with the ledger after the upgrade`() throws {
    for number in 0..<40 { _ = try database.store.apply(Event(nil, id: "new_\(number)")) }
    let counts = try DeliveryCounts.readTotals(on: database.store.database.openForReading())
    let ledger = try database.store.statistics().deliveries
    #expect(counts.map { "\($0)" }.sorted() == ledger.map { "\($0)" }.sorted())
  }

  @Test func `The statements of 0.1.0 do not compile on the new tables`() throws {
    let old = try Connection.open(database.path)
    for statement in FirstRelease.statements { _ = try old.prepare(SQL(stringLiteral: statement)) }
    try database.store.prepare()
    let before = try database.bytes()
    // A connection that was open during the upgrade, and one that is opened after it.
    let new = try Connection.open(database.path)
    for statement in FirstRelease.statements {
      let error = #expect(throws: SQLiteError.self) { try old.run(SQL(stringLiteral: statement)) }
      #expect(error?.kind == .schema)
      #expect(throws: SQLiteError.self) { _ = try new.prepare(SQL(stringLiteral: statement)) }
    }
    #expect(try database.bytes() == before)
  }

  @Test func `A store whose tables are replaced by old ones while it is in use upgrades them`() throws {
    var options = UserStore.Options()
    options.connection = .shared
    let store = UserStore(database: database.path, options: options, clock: WallClock { UserStore.now })
    #expect(try store.apply(Event(.created(.ada("user_8")), id: "msg_8")) == .applied)
    try database.execute(
      "DROP TABLE users", "DROP TABLE clerk_sync_schema", "DROP TABLE clerk_sync_deliveries",
      "DROP TABLE clerk_sync_versions", "DROP TABLE clerk_sync_counts")
    try FirstRelease.makeDatabase(at: database.path)
    #expect(try store.apply(Event(.created(.ada("user_9")), id: "msg_9")) == .applied)
    try expectUpgraded()
  }
}
