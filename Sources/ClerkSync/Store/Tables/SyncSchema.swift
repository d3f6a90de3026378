import SQLite

/// The tables in the application's file: its own `users`, and the tables of the sync.
///
/// The sync's tables have a version of their own, since `user_version` belongs to the application. A running program
/// checks the version again only when a statement fails to compile. A change that raises the version therefore has to
/// change the columns of `clerk_sync_deliveries` and `clerk_sync_versions` as well.
enum SyncSchema {
  /// The version of the sync's tables that this program uses.
  static let version: Int64 = 2

  /// Fails to compile when a table is missing. Checking a complete schema costs this one small statement.
  private static let inspection: SQL = """
    SELECT (SELECT version FROM clerk_sync_schema), (SELECT 1 FROM clerk_sync_deliveries LIMIT 0),
      (SELECT 1 FROM clerk_sync_versions LIMIT 0), (SELECT 1 FROM clerk_sync_counts LIMIT 0)
    """

  private static let builtInInspection: SQL = "\(inspection), (SELECT 1 FROM users LIMIT 0)"

  private static let recorded: SQL = "SELECT version FROM clerk_sync_schema"

  static let builtInCreation: SQL = """
    CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE,
      firstName TEXT NOT NULL, lastName TEXT NOT NULL, password TEXT, phone TEXT,
      role TEXT NOT NULL DEFAULT 'client', createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL)
    """

  private static let creation: [SQL] = [
    "CREATE TABLE IF NOT EXISTS clerk_sync_schema (version INTEGER NOT NULL)",
    "INSERT INTO clerk_sync_schema SELECT 2 WHERE NOT EXISTS (SELECT 1 FROM clerk_sync_schema)",
    "UPDATE clerk_sync_schema SET version = 2 WHERE version < 2",
    // The rowid keeps rows in the order of first_seen, so finding the oldest needs no index.
    """
    CREATE TABLE IF NOT EXISTS clerk_sync_deliveries (svix_id TEXT PRIMARY KEY, type TEXT, object_id TEXT,
      outcome TEXT NOT NULL, error TEXT, attempts INTEGER NOT NULL,
      first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL)
    """,
    // A partial index costs nothing while nothing fails or is refused.
    """
    CREATE INDEX IF NOT EXISTS clerk_sync_unapplied ON clerk_sync_deliveries (outcome)
      WHERE outcome = 'failed' OR outcome = 'refused'
    """,
    // `hour` counts from 1970. Hour 0 holds the totals, and hour -1 the last counted position.
    """
    CREATE TABLE IF NOT EXISTS clerk_sync_counts (hour INTEGER NOT NULL, type TEXT NOT NULL,
      outcome TEXT NOT NULL, deliveries INTEGER NOT NULL, PRIMARY KEY (hour, type, outcome)) WITHOUT ROWID
    """,
    // `deleted` is the time of a tombstone, and NULL for an object that has not been deleted. `released` is the time at
    // Clerk of the newest refused event, and NULL when nothing newer than the version has been refused.
    """
    CREATE TABLE IF NOT EXISTS clerk_sync_versions (object_id TEXT PRIMARY KEY, version INTEGER NOT NULL,
      rank INTEGER NOT NULL, deleted INTEGER, released INTEGER) WITHOUT ROWID
    """,
    """
    CREATE INDEX IF NOT EXISTS clerk_sync_tombstones ON clerk_sync_versions (deleted)
      WHERE deleted IS NOT NULL
    """,
  ]

  /// The sync's tables after ``create(_:on:)``.
  struct Creation {
    let version: Int64
    /// Whether the table of versions was missing, and with it the tombstones.
    var madeVersions = false
    /// Whether another one of the sync's tables was there.
    var foundOthers = false
  }

  /// Creates the missing tables and upgrades those of an older version. Only the built-in mapping has a users table that
  /// is created.
  ///
  /// Nothing is created unless the application's tables fit, so that no table is left in a file that cannot be used.
  static func create(_ mapping: Mapping, on connection: borrowing Connection) throws(SQLiteError) -> Creation
  {
    try connection.transaction { () throws(SQLiteError) in
      // A newer program may have dropped a table that this one would create.
      if let found = try? version(from: recorded, on: connection), found > version {
        return Creation(version: found)
      }
      let missing = try missingTables(mapping, on: connection)
      let isCounting = !missing.contains("clerk_sync_counts")
      if mapping.isBuiltIn { try connection.run(builtInCreation) }
      for table in mapping.all { try table.check(on: connection) }
      let isUpgrade = try SchemaUpgrade.renameColumns(on: connection)
      for statement in creation { try connection.run(statement) }
      if isUpgrade { try SchemaUpgrade.convertRows(on: connection) }
      if !isCounting { try DeliveryCounts.countAll(on: connection) }
      return Creation(
        version: try check(mapping, on: connection), madeVersions: missing.contains("clerk_sync_versions"),
        foundOthers: isCounting || !missing.contains("clerk_sync_deliveries")
          || !missing.contains("clerk_sync_schema"))
    }
  }

  /// Whether ``create(_:on:)`` adds tables of the sync beside tables of the application.
  static func adopts(_ mapping: Mapping, on connection: borrowing Connection) throws(SQLiteError) -> Bool {
    let missing = try missingTables(mapping, on: connection)
    return !missing.contains("users") && !missing.isEmpty
  }

  /// Returns the table that holds the application's users if there is no `users`; nil if there is no other either.
  static func otherUserTable(on connection: borrowing Connection) throws(SQLiteError) -> String? {
    let schema = try DatabaseSchema(connection)
    return schema.table("users") == nil ? schema.certainUserTables.first?.name : nil
  }

  /// Returns the names of the missing tables, in the order of their creation.
  static func missingTables(
    _ mapping: Mapping, on connection: borrowing Connection
  ) throws(SQLiteError) -> [String] {
    let missing = try connection.all(
      """
      SELECT column1 FROM (VALUES ('users'), ('clerk_sync_schema'), ('clerk_sync_deliveries'),
        ('clerk_sync_counts'), ('clerk_sync_versions'))
      WHERE column1 NOT IN (SELECT lower(name) FROM sqlite_schema WHERE type IN ('table', 'view'))
      """
    ) { $0.text(at: 0) ?? "" }
    return mapping.isBuiltIn ? missing : missing.filter { $0 != "users" }
  }

  /// Returns the version of the sync's tables. Throws when a table is missing.
  static func check(_ mapping: Mapping, on connection: borrowing Connection) throws(SQLiteError) -> Int64 {
    try version(from: mapping.isBuiltIn ? builtInInspection : inspection, on: connection)
  }

  private static func version(
    from query: SQL, on connection: borrowing Connection
  ) throws(SQLiteError) -> Int64 {
    try connection.integer(query) ?? 0
  }
}
