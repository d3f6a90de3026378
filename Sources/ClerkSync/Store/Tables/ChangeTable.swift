import SQLite

/// The table `clerk_sync_changes`: one row for each change of a row of the application, in the order of the commits. It
/// exists only in a database whose changes are recorded.
///
/// AUTOINCREMENT keeps a number from being used again after its row has been pruned, which a reader's position relies on
/// (sqlite.org/autoinc.html).
enum ChangeTable {
  /// The origin of the changes of one write.
  struct Origin {
    let source: ChangeSource
    /// The svix id of the event; nil for other sources.
    let messageID: String?
    /// Milliseconds since 1970.
    let now: Int64
  }

  static let creation: [SQL] = [
    """
    CREATE TABLE IF NOT EXISTS clerk_sync_changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, entity TEXT NOT NULL,
      id TEXT NOT NULL, operation TEXT NOT NULL, source TEXT NOT NULL, message_id TEXT, at INTEGER NOT NULL)
    """,
    // `position` is the number of the last change that the consumer has handled or set aside.
    """
    CREATE TABLE IF NOT EXISTS clerk_sync_consumers (name TEXT PRIMARY KEY, position INTEGER NOT NULL,
      last_handled INTEGER) WITHOUT ROWID
    """,
    // A copy of each change, because a change set aside can outlive its row. `due` marks the ones to try again.
    """
    CREATE TABLE IF NOT EXISTS clerk_sync_failed_changes (consumer TEXT NOT NULL, seq INTEGER NOT NULL,
      entity TEXT NOT NULL, id TEXT NOT NULL, operation TEXT NOT NULL, source TEXT NOT NULL, message_id TEXT,
      at INTEGER NOT NULL, tries INTEGER NOT NULL, reason TEXT NOT NULL, failed_at INTEGER NOT NULL,
      due INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (consumer, seq)) WITHOUT ROWID
    """,
  ]

  /// Fails to compile when one of the tables is missing.
  private static let inspection: SQL = """
    SELECT 1, (SELECT 1 FROM clerk_sync_changes LIMIT 0), (SELECT 1 FROM clerk_sync_consumers LIMIT 0),
      (SELECT 1 FROM clerk_sync_failed_changes LIMIT 0)
    """

  private static let entry: SQL = """
    INSERT INTO clerk_sync_changes (entity, id, operation, source, message_id, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    """

  /// The changes from before ?1 that every consumer has handled or set aside.
  private static let expired: SQL = """
    SELECT seq FROM clerk_sync_changes
    WHERE at < ?1 AND seq <= ifnull((SELECT min(position) FROM clerk_sync_consumers), seq)
    """

  private static let prune: SQL = """
    DELETE FROM clerk_sync_changes WHERE seq IN (\(expired) ORDER BY seq LIMIT ?2)
    """

  /// Records that the object's row was created, updated or deleted.
  static func record(
    _ operation: Event.Operation, of entity: Entity, _ id: String, from origin: Origin,
    on connection: borrowing Connection
  ) throws(SQLiteError) {
    try connection.run(
      entry, entity.rawValue, id, "\(operation)", origin.source.rawValue, origin.messageID, origin.now)
  }

  /// Records that the rows of the objects were deleted whose versions `versions` selects for ?1, the id of their parent.
  static func recordDeletions(
    of entity: Entity, _ versions: SQL, parent: String, from origin: Origin,
    on connection: borrowing Connection
  ) throws(SQLiteError) {
    // A membership's id is the last part of its object_id.
    try connection.run(
      """
      INSERT INTO clerk_sync_changes (entity, id, operation, source, message_id, at)
      SELECT ?2, replace(object_id, rtrim(object_id, replace(object_id, '/', '')), ''), 'deleted', ?3, ?4, ?5
      FROM (\(versions))
      """, parent, entity.rawValue, origin.source.rawValue, origin.messageID, origin.now)
  }

  /// Creates the missing tables.
  static func create(on connection: borrowing Connection) throws(SQLiteError) {
    if (try? connection.integer(inspection)) != nil { return }
    try connection.transaction { () throws(SQLiteError) in
      for statement in creation { try connection.run(statement) }
    }
  }

  /// Whether the database has the tables.
  static func exists(on connection: borrowing Connection) throws(SQLiteError) -> Bool {
    try DatabaseSchema.hasTable("clerk_sync_changes", on: connection)
  }

  /// Returns how many changes are from before `limit`, in milliseconds since 1970, and can be removed.
  static func prunable(before limit: Int64, on connection: borrowing Connection) throws(SQLiteError) -> Int64
  {
    guard try exists(on: connection) else { return 0 }
    return try connection.integer("SELECT count(*) FROM (\(expired))", limit) ?? 0
  }

  /// Removes up to `count` changes from before `limit`, in milliseconds since 1970, and returns their number.
  static func prune(
    before limit: Int64, atMost count: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> Int64 {
    try connection.run(prune, limit, count)
    return Int64(connection.changes)
  }
}
