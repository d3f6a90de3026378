import SQLite

/// Figures about a database.
public struct Statistics: Encodable, Equatable, Sendable {
  /// The number of deliveries of one outcome and type.
  public struct Count: Encodable, Equatable, Sendable {
    public let outcome: String
    /// nil when the type could not be read.
    public let type: String?
    public let deliveries: Int64
  }

  /// The number of objects of one kind.
  public struct ObjectCount: Encodable, Equatable, Sendable {
    public let entity: Entity
    /// The rows of the kind's table.
    public let rows: Int64
    /// The tombstones of deleted objects.
    public let tombstones: Int64
  }

  /// The entries of the ledger, by outcome and type.
  public let deliveries: [Count]
  /// The number of deliveries that failed and have not succeeded since.
  public let failures: Int64
  /// The number of deliveries that no retry can mend, and about whose object nothing newer has been applied.
  public let refused: Int64
  /// When the last attempt at a delivery arrived, in milliseconds since 1970.
  public let lastDelivery: Int64?
  /// When the newest applied change happened at Clerk, in milliseconds since 1970.
  public let newestVersion: Int64?
  public let users: Int64
  /// The number of tombstones of deleted objects of every kind.
  public let tombstones: Int64
  /// The objects of each kind that has a table.
  public let objects: [ObjectCount]
  /// The version of the loaded SQLite, such as 3.51.3.
  public let library: String
  /// `wal`, `delete` and so on (sqlite.org/pragma.html#pragma_journal_mode).
  public let journalMode: String
}

extension Statistics {
  private struct Key: Hashable {
    let outcome: String
    let type: String?
  }

  /// A row of ``page``.
  private struct Group {
    let key: Key
    let deliveries: Int64
    let lastSeen: Int64
    let position: Int64

    init(_ row: borrowing Statement) {
      key = Key(outcome: row.text(at: 0) ?? "", type: row.text(at: 1))
      deliveries = row.integer(at: 2) ?? 0
      lastSeen = row.integer(at: 3) ?? 0
      position = row.integer(at: 4) ?? 0
    }
  }

  /// Counts the next 20,000 entries of the ledger.
  static let page: SQL = """
    SELECT outcome, type, count(*), max(last_seen), max(rowid) FROM (
      SELECT rowid, outcome, type, last_seen FROM clerk_sync_deliveries WHERE rowid > ?1 ORDER BY rowid LIMIT 20000)
    GROUP BY outcome, type
    """

  /// Counts the tombstones of each kind. A version of a membership can begin with the ids of its organization and user.
  static let tombstonesByEntity: SQL = """
    SELECT CASE
        WHEN object_id GLOB 'orgmem_*' OR object_id GLOB 'org_*/*' THEN 'organizationMembership'
        WHEN object_id GLOB 'orginv_*' THEN 'organizationInvitation'
        WHEN object_id GLOB 'org_*' THEN 'organization'
        ELSE 'user' END AS entity, count(*)
    FROM clerk_sync_versions WHERE deleted IS NOT NULL GROUP BY entity
    """

  init(_ connection: borrowing Connection, _ mapping: Mapping) throws(SQLiteError) {
    var counts: [Key: Int64] = [:]
    var last: Int64?
    var position: Int64? = .min
    // Page by page, because in a rollback journal mode a reader blocks every commit.
    while let after = position {
      position = nil
      for group in try connection.all(Self.page, after, row: Group.init) {
        counts[group.key, default: 0] += group.deliveries
        last = max(last ?? .min, group.lastSeen)
        position = max(position ?? .min, group.position)
      }
    }
    let deliveries = counts.map { Count(outcome: $0.outcome, type: $0.type, deliveries: $1) }
      .sorted { ($0.outcome, $0.type ?? "") < ($1.outcome, $1.type ?? "") }
    func count(_ outcome: String) -> Int64 {
      deliveries.filter { $0.outcome == outcome }.reduce(0) { $0 + $1.deliveries }
    }
    self.deliveries = deliveries
    (failures, refused) = (count(DeliveryLedger.failed), count(DeliveryLedger.refused))
    lastDelivery = last
    newestVersion = try connection.integer(
      "SELECT max(version) FROM clerk_sync_versions WHERE version > ?1", Version.none.time)
    let deleted = try connection.all(Self.tombstonesByEntity) { row in
      (entity: row.text(at: 0), tombstones: row.integer(at: 1) ?? 0)
    }
    tombstones = deleted.reduce(0) { $0 + $1.tombstones }
    objects = try mapping.countRows(on: connection).map { count in
      let tombstones = deleted.first { $0.entity == count.entity.rawValue }?.tombstones ?? 0
      return ObjectCount(entity: count.entity, rows: count.rows, tombstones: tombstones)
    }
    users = objects.first { $0.entity == .user }?.rows ?? 0
    library = Library.version
    journalMode = try connection.journalMode()
  }
}
