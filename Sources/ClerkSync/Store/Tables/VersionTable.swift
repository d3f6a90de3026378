import SQLite

/// The table `clerk_sync_versions`: the version applied to each user, and the tombstones of deleted users.
enum VersionTable {
  /// The change applied to a user last.
  struct Applied {
    let version: Version
    /// When the deletion was applied, in milliseconds since 1970; nil for a user who has not been deleted.
    let deleted: Int64?

    /// Whether the row is a tombstone.
    var isDeleted: Bool { deleted != nil }
  }

  static let lookup: SQL =
    "SELECT version, rank, deleted FROM clerk_sync_versions WHERE user_id = ?1"

  /// Names no columns, so that it fails on the wider table of a newer program.
  static let entry: SQL = "REPLACE INTO clerk_sync_versions VALUES (?1, ?2, ?3, ?4)"

  /// See ``Retention``.
  static let prune: SQL = """
    DELETE FROM clerk_sync_versions WHERE user_id IN
      (SELECT user_id FROM clerk_sync_versions WHERE deleted < ?1 ORDER BY deleted LIMIT ?2)
    """

  /// Whether an event of this version is to be applied to the user.
  ///
  /// An equal version is applied again, which is idempotent. A deletion is always applied and is final: Clerk never
  /// reuses an id, so every event that arrives after a deletion happened before it.
  static func admits(
    _ version: Version, of userID: String, on connection: borrowing Connection
  ) throws(SQLiteError) -> Bool {
    if version.rank == .deleted { return true }
    guard let applied = try find(userID, on: connection) else { return true }
    return !applied.isDeleted && version >= applied.version
  }

  /// Returns the change applied last; nil when nothing has been applied to the user.
  static func find(_ userID: String, on connection: borrowing Connection) throws(SQLiteError) -> Applied? {
    try connection.first(lookup, userID) { row in
      let time = row.integer(at: 0) ?? .min
      let rank = row.integer(at: 1).flatMap(Event.Operation.init(rawValue:)) ?? .deleted
      return Applied(version: Version(time: time, rank: rank), deleted: row.integer(at: 2))
    }
  }

  /// Records the version applied to the user. `now`, in milliseconds since 1970, dates a tombstone.
  static func record(
    _ version: Version, of userID: String, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) {
    let deleted = version.rank == .deleted ? now : nil
    try connection.run(entry, userID, version.time, version.rank.rawValue, deleted)
  }
}

/// An event's place in the order of its user's events: by time, and within a millisecond by rank.
struct Version: Comparable {
  /// Milliseconds since 1970.
  let time: Int64
  let rank: Event.Operation

  static func < (one: Version, other: Version) -> Bool {
    (one.time, one.rank) < (other.time, other.rank)
  }
}
