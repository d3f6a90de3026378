import SQLite

/// The table `clerk_sync_versions`: what has been applied to each user, and the tombstones of the deleted.
enum VersionTable {
  static let entry: StaticString = """
    INSERT INTO clerk_sync_versions (user_id, version, rank, deleted) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (user_id) DO UPDATE SET version = excluded.version, rank = excluded.rank, deleted = excluded.deleted
    """

  /// See ``Retention``.
  static let purge: StaticString = """
    DELETE FROM clerk_sync_versions WHERE user_id IN
      (SELECT user_id FROM clerk_sync_versions WHERE deleted < ?1 ORDER BY deleted LIMIT ?2)
    """

  /// Enters what has been applied; `now`, in milliseconds since 1970, dates a tombstone.
  static func record(
    _ version: Version, of userID: String, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) {
    try connection.with(entry) { statement throws(SQLiteError) in
      try statement.bind(userID, at: 1)
      try statement.bind(version.time, at: 2)
      try statement.bind(version.rank.rawValue, at: 3)
      if version.rank == .deleted { try statement.bind(now, at: 4) }
      try statement.run()
    }
  }
}
