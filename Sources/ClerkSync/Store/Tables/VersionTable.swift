import SQLite

/// What identifies an object in ``VersionTable``.
enum VersionKey: Equatable, Sendable {
  /// Clerk's id.
  case id(String)
  /// A membership whose row its organization and user identify, as `organization/user`. A user who leaves an organization
  /// and joins it again gets another membership, with another id and the same row.
  case pair(String, id: String)

  var text: String {
    switch self {
    case .id(let id): id
    case .pair(let pair, let id): "\(pair)/\(id)"
    }
  }

  /// What identifies the object's row.
  var row: String {
    switch self {
    case .id(let id): id
    case .pair(let pair, _): pair
    }
  }
}

/// The table `clerk_sync_versions`: the version applied to each object, the tombstones of deleted objects, and the time
/// of a newer refusal.
enum VersionTable {
  /// The change applied to an object last.
  struct Applied {
    /// ``Version/none`` when nothing has been applied yet, but something has been refused.
    let version: Version
    /// When the deletion was applied, in milliseconds since 1970; nil for an object that has not been deleted.
    let deleted: Int64?
    /// The time at Clerk of the newest refused event, in milliseconds since 1970; nil when none is newer than
    /// `version`. From then on the address in the object's row is no longer the user's.
    ///
    /// A time before that of `version` says only that the ledger has refusals to clear: the time of one that version 1 of
    /// the tables recorded is not known.
    let released: Int64?

    /// Whether the row is a tombstone.
    var isDeleted: Bool { deleted != nil }
    /// Whether a change has been applied. If not, this is no sign that the object's row is Clerk's.
    var isApplied: Bool { version != .none }

    /// Whether an event of this version is to be applied.
    ///
    /// An equal version is applied again, which is idempotent. A deletion is always applied and is final: Clerk never
    /// reuses an id, so every event that arrives after a deletion happened before it.
    func admits(_ version: Version) -> Bool {
      version.rank == .deleted || (!isDeleted && version >= self.version)
    }

    /// Whether the refused event is newer than this version, whose address is therefore no longer the user's.
    func hasRefused(since version: Version) -> Bool {
      released.map { version < Version(time: $0, rank: .updated) } ?? false
    }
  }

  static let lookup: SQL =
    "SELECT version, rank, deleted, released FROM clerk_sync_versions WHERE object_id = ?1"

  /// Names no columns, so that it fails on the wider table of a newer program.
  static let entry: SQL = "REPLACE INTO clerk_sync_versions VALUES (?1, ?2, ?3, ?4, NULL)"

  static let refusal: SQL = """
    INSERT INTO clerk_sync_versions VALUES (?1, ?2, ?3, NULL, ?4)
    ON CONFLICT DO UPDATE SET released = max(coalesce(released, ?4), ?4)
    """

  // The keys of a pair are those between "organization/user/" and "organization/user0", because 0 follows the slash.
  private static let rival: SQL = """
    SELECT object_id, version, rank FROM clerk_sync_versions
    WHERE object_id > ?1 AND object_id < ?2 AND object_id <> ?3 AND deleted IS NULL
    ORDER BY version DESC, rank DESC LIMIT 1
    """

  private static let anyOfPair: SQL = """
    SELECT 1 FROM clerk_sync_versions WHERE object_id > ?1 AND object_id < ?2 AND version <> ?3 LIMIT 1
    """

  /// Reads the whole table.
  private static let pairSearch: SQL = """
    SELECT substr(object_id, 1, length(object_id) - length(?1) - 1) FROM clerk_sync_versions
    WHERE substr(object_id, -length(?1) - 1) = '/' || ?1
    """

  private static let pairDeletion: SQL = """
    UPDATE clerk_sync_versions SET rank = ?3, deleted = ?4
    WHERE object_id > ?1 AND object_id < ?2 AND deleted IS NULL
    """

  /// See ``Retention``.
  static let prune: SQL = """
    DELETE FROM clerk_sync_versions WHERE object_id IN
      (SELECT object_id FROM clerk_sync_versions WHERE deleted < ?1 ORDER BY deleted LIMIT ?2)
    """

  /// Returns the change applied last; nil when nothing has been applied to the object, and nothing refused.
  static func find(_ objectID: String, on connection: borrowing Connection) throws(SQLiteError) -> Applied? {
    try connection.first(lookup, objectID) { row in
      let time = row.integer(at: 0) ?? .min
      let rank = row.integer(at: 1).flatMap(Event.Operation.init(rawValue:)) ?? .deleted
      return Applied(
        version: Version(time: time, rank: rank), deleted: row.integer(at: 2), released: row.integer(at: 3))
    }
  }

  /// Returns the newest of the other memberships of the same organization and user that have not been deleted; nil if there
  /// is none, or the object is not identified by these.
  static func newestRival(
    of key: VersionKey, on connection: borrowing Connection
  ) throws(SQLiteError) -> (id: String, version: Version)? {
    guard case .pair(let pair, let id) = key else { return nil }
    let found: (String, Version)? = try connection.first(rival, "\(pair)/", "\(pair)0", "\(pair)/\(id)") {
      row in
      let version = Version(
        time: row.integer(at: 1) ?? .min,
        rank: row.integer(at: 2).flatMap(Event.Operation.init(rawValue:)) ?? .deleted)
      return (String(row.text(at: 0)?.dropFirst(pair.utf8.count + 1) ?? ""), version)
    }
    return found.map { (id: $0.0, version: $0.1) }
  }

  /// Whether a change of Clerk's has been applied to a membership of the pair, which may have been deleted since.
  static func hasApplied(toPair pair: String, on connection: borrowing Connection) throws(SQLiteError) -> Bool
  {
    try connection.integer(anyOfPair, "\(pair)/", "\(pair)0", Version.none.time) != nil
  }

  /// Returns the pair of the membership with this id; nil if nothing is known of it.
  static func pair(of id: String, on connection: borrowing Connection) throws(SQLiteError) -> String? {
    try connection.first(pairSearch, id) { $0.text(at: 0) }
  }

  /// Records that the objects have been deleted whose versions `versions` selects for ?1, the id of their parent. `now` is
  /// in milliseconds since 1970.
  static func recordDeletions(
    _ versions: SQL, parent: String, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) {
    try connection.run(
      "UPDATE clerk_sync_versions SET rank = ?2, deleted = ?3 WHERE object_id IN (\(versions))", parent,
      Event.Operation.deleted.rawValue, now)
  }

  /// Records that the pair's memberships have been deleted. `now` is in milliseconds since 1970.
  static func recordDeletions(
    inPair pair: String, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) {
    try connection.run(pairDeletion, "\(pair)/", "\(pair)0", Event.Operation.deleted.rawValue, now)
  }

  /// Records the version applied to the object. `now`, in milliseconds since 1970, dates a tombstone.
  static func record(
    _ version: Version, of objectID: String, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) {
    let deleted = version.rank == .deleted ? now : nil
    try connection.run(entry, objectID, version.time, version.rank.rawValue, deleted)
  }

  /// Records that an event of this time, in milliseconds since 1970, has been refused. It must be newer than the
  /// version applied to the object.
  static func recordRefusal(
    at time: Int64, of objectID: String, on connection: borrowing Connection
  ) throws(SQLiteError) {
    try connection.run(refusal, objectID, Version.none.time, Version.none.rank.rawValue, time)
  }

  /// Records that the address in the object's row is free, unless the event or a newer one has been applied to the object.
  /// Another process may have applied it since it failed here.
  static func release(_ release: Release, on connection: borrowing Connection) throws(SQLiteError) {
    let applied = try find(release.objectID, on: connection)
    guard let applied, applied.isApplied, !applied.isDeleted,
      applied.version < Version(time: release.time, rank: .updated)
    else { return }
    try recordRefusal(at: release.time, of: release.objectID, on: connection)
  }
}

/// An event's place in the order of its object's events: by time, and within a millisecond by rank.
struct Version: Comparable {
  /// Milliseconds since 1970.
  let time: Int64
  let rank: Event.Operation

  /// Older than every event.
  static let none = Version(time: .min, rank: .created)

  static func < (one: Version, other: Version) -> Bool {
    (one.time, one.rank) < (other.time, other.rank)
  }
}
