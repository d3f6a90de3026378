import SQLite

/// The table `clerk_sync_versions`: what has been applied to each user, and the tombstones of the deleted.
enum VersionTable {
  /// What has been applied to a user last.
  struct Applied {
    let version: Version
    /// When the deletion was applied, in milliseconds since 1970; nil while the user lives.
    let deleted: Int64?

    /// Whether it is a tombstone.
    var isDeleted: Bool { deleted != nil }
  }

  static let lookup: StaticString =
    "SELECT version, rank, deleted FROM clerk_sync_versions WHERE user_id = ?1"

  /// By position, so that a newer program's table, with more columns, does not take it.
  static let entry: StaticString = "REPLACE INTO clerk_sync_versions VALUES (?1, ?2, ?3, ?4)"

  /// See ``Retention``.
  static let prune: StaticString = """
    DELETE FROM clerk_sync_versions WHERE user_id IN
      (SELECT user_id FROM clerk_sync_versions WHERE deleted < ?1 ORDER BY deleted LIMIT ?2)
    """

  /// Whether an event of this version is news about the user.
  ///
  /// An equal version is applied again, which changes nothing. A deletion is always news, and the last: Clerk
  /// never reuses an id, so whatever arrives after it, or was overtaken by it, happened before.
  static func admits(
    _ version: Version, of userID: String, on connection: borrowing Connection
  ) throws(SQLiteError) -> Bool {
    if version.rank == .deleted { return true }
    guard let applied = try find(userID, on: connection) else { return true }
    return !applied.isDeleted && version >= applied.version
  }

  /// nil when nothing has been applied to the user.
  static func find(_ userID: String, on connection: borrowing Connection) throws(SQLiteError) -> Applied? {
    try connection.with(lookup) { statement throws(SQLiteError) in
      try statement.bind(userID, at: 1)
      guard try statement.step() else { return nil }
      let time = statement.integer(at: 0) ?? .min
      let rank = statement.integer(at: 1).flatMap(Version.Rank.init) ?? .deleted
      return Applied(version: Version(time: time, rank: rank), deleted: statement.integer(at: 2))
    }
  }

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

/// Where an event stands among the events of its user: by time, and within a millisecond by rank.
struct Version: Comparable {
  /// The kinds of event in the order in which they can happen to a user.
  enum Rank: Int64, Comparable {
    case created, updated, deleted

    static func < (one: Rank, other: Rank) -> Bool { one.rawValue < other.rawValue }
  }

  /// Milliseconds since 1970.
  let time: Int64
  let rank: Rank

  static func < (one: Version, other: Version) -> Bool {
    (one.time, one.rank) < (other.time, other.rank)
  }
}
