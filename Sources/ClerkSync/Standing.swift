import SQLite

/// How things stand before a write, by one statement: compiling several would cost more than running them.
struct Standing {
  static let query: StaticString = """
    SELECT (SELECT version FROM clerk_sync_schema),
      EXISTS (SELECT 1 FROM clerk_sync_deliveries WHERE svix_id = ?1 AND outcome <> 'failed'),
      (SELECT first_seen FROM clerk_sync_deliveries ORDER BY rowid LIMIT 1),
      (SELECT deleted FROM clerk_sync_versions WHERE deleted IS NOT NULL ORDER BY deleted LIMIT 1),
      version, rank, deleted
    FROM (SELECT 1) LEFT JOIN clerk_sync_versions ON user_id = ?2
    """

  /// Whether the message needs nothing more: it was applied, ignored, or found stale.
  let isFinal: Bool
  /// When the oldest entry of the ledger was first seen, in milliseconds since 1970.
  let oldestEntry: Int64?
  /// When the oldest tombstone was set, in milliseconds since 1970.
  let oldestTombstone: Int64?
  /// What has been applied to the user.
  private let applied: Version?
  private let isDeleted: Bool

  /// Throws a schema mismatch where the sync's tables are of a newer program.
  init(
    before messageID: String?, of userID: String?, on connection: borrowing Connection
  ) throws(SQLiteError) {
    self = try connection.with(Self.query) { statement throws(SQLiteError) in
      try statement.bind(messageID, at: 1)
      try statement.bind(userID, at: 2)
      guard try statement.step(), (statement.integer(at: 0) ?? 0) <= SyncSchema.version else {
        throw .schemaMismatch
      }
      return Standing(statement)
    }
  }

  private init(_ row: borrowing Statement) {
    isFinal = row.integer(at: 1) == 1
    oldestEntry = row.integer(at: 2)
    oldestTombstone = row.integer(at: 3)
    let rank = row.integer(at: 5).map { Version.Rank(rawValue: $0) ?? .deleted }
    if let time = row.integer(at: 4), let rank {
      applied = Version(time: time, rank: rank)
    } else {
      applied = nil
    }
    isDeleted = row.integer(at: 6) != nil
  }

  /// Whether an event of this version is news about the user.
  ///
  /// An equal version is applied again, which changes nothing. A deletion is always news, and the last: Clerk
  /// never reuses an id, so whatever arrives after it, or was overtaken by it, happened before.
  func admits(_ version: Version) -> Bool {
    if version.rank == .deleted { return true }
    guard let applied else { return true }
    return !isDeleted && version >= applied
  }
}
