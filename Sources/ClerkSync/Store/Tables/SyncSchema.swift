import SQLite

/// The tables in the application's file: its own `users`, and beside it what the sync itself remembers.
///
/// The sync's tables carry a version of their own, since `user_version` is the application's. A program that has a file
/// in use looks at it again only when a statement does not fit: so whatever raises the version has to change the
/// columns of the two tables as well.
enum SyncSchema {
  /// The version of the sync's tables that this program reads and writes.
  static let version: Int64 = 1

  /// Fails to compile when a table is missing; so tables that are there cost one small statement.
  private static let inspection: StaticString = """
    SELECT (SELECT version FROM clerk_sync_schema), (SELECT 1 FROM users LIMIT 0),
      (SELECT 1 FROM clerk_sync_deliveries LIMIT 0), (SELECT 1 FROM clerk_sync_versions LIMIT 0),
      (SELECT 1 FROM clerk_sync_counts LIMIT 0)
    """

  private static let recorded: StaticString = "SELECT version FROM clerk_sync_schema"

  private static let creation: [StaticString] = [
    """
    CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE,
      firstName TEXT NOT NULL, lastName TEXT NOT NULL, password TEXT, phone TEXT,
      role TEXT NOT NULL DEFAULT 'client', createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL)
    """,
    "CREATE TABLE IF NOT EXISTS clerk_sync_schema (version INTEGER NOT NULL)",
    "INSERT INTO clerk_sync_schema SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM clerk_sync_schema)",
    // With a rowid: rows come in the order of first_seen, so the oldest are found without an index.
    """
    CREATE TABLE IF NOT EXISTS clerk_sync_deliveries (svix_id TEXT PRIMARY KEY, type TEXT, user_id TEXT,
      outcome TEXT NOT NULL, error TEXT, attempts INTEGER NOT NULL,
      first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL)
    """,
    // Costs nothing while all goes well.
    """
    CREATE INDEX IF NOT EXISTS clerk_sync_failures ON clerk_sync_deliveries (outcome)
      WHERE outcome = 'failed'
    """,
    // `hour` counts from 1970; 0 is all of them together.
    """
    CREATE TABLE IF NOT EXISTS clerk_sync_counts (hour INTEGER NOT NULL, type TEXT NOT NULL,
      outcome TEXT NOT NULL, deliveries INTEGER NOT NULL, PRIMARY KEY (hour, type, outcome)) WITHOUT ROWID
    """,
    // `deleted` is the time of a tombstone, and NULL while the user lives.
    """
    CREATE TABLE IF NOT EXISTS clerk_sync_versions (user_id TEXT PRIMARY KEY, version INTEGER NOT NULL,
      rank INTEGER NOT NULL, deleted INTEGER) WITHOUT ROWID
    """,
    """
    CREATE INDEX IF NOT EXISTS clerk_sync_tombstones ON clerk_sync_versions (deleted)
      WHERE deleted IS NOT NULL
    """,
  ]

  /// Creates what is missing, and returns the version of the sync's tables.
  static func prepare(on connection: borrowing Connection) throws(SQLiteError) -> Int64 {
    do throws(SQLiteError) {
      return try version(from: inspection, on: connection)
    } catch {
      guard error.kind == .schema else { throw error }
      return try connection.transaction { () throws(SQLiteError) in
        // A newer program may have done away with a table that this one would make.
        if let found = try? version(from: recorded, on: connection), found > version { return found }
        let isCounting = try !missingTables(on: connection).contains("clerk_sync_counts")
        for statement in creation { try connection.execute(statement) }
        if !isCounting { try DeliveryCounts.countAll(on: connection) }
        return try version(from: inspection, on: connection)
      }
    }
  }

  /// The tables that a program has yet to make, in the order in which they are made.
  static func missingTables(on connection: borrowing Connection) throws(SQLiteError) -> [String] {
    var statement = try connection.prepare(
      """
      SELECT column1 FROM (VALUES ('users'), ('clerk_sync_schema'), ('clerk_sync_deliveries'),
        ('clerk_sync_counts'), ('clerk_sync_versions'))
      WHERE column1 NOT IN (SELECT lower(name) FROM sqlite_schema WHERE type IN ('table', 'view'))
      """)
    var names: [String] = []
    while try statement.step() { names.append(statement.text(at: 0) ?? "") }
    return names
  }

  /// Throws unless the tables are there; returns the version of the sync's.
  static func check(on connection: borrowing Connection) throws(SQLiteError) -> Int64 {
    try version(from: inspection, on: connection)
  }

  private static func version(
    from query: StaticString, on connection: borrowing Connection
  ) throws(SQLiteError) -> Int64 {
    try connection.with(query) { statement throws(SQLiteError) in
      try statement.step() ? statement.integer(at: 0) ?? 0 : 0
    }
  }
}
