import SQLite

/// How a database stands, in numbers.
public struct Statistics: Encodable, Equatable, Sendable {
  /// The deliveries of one outcome and type.
  public struct Count: Encodable, Equatable, Sendable {
    public let outcome: String
    /// nil where the type could not be read.
    public let type: String?
    public let deliveries: Int64
  }

  /// What the ledger holds, by outcome and type.
  public let deliveries: [Count]
  /// Deliveries that failed and have not succeeded since.
  public let failures: Int64
  /// When the last attempt at a delivery came, in milliseconds since 1970.
  public let lastDelivery: Int64?
  /// When the newest change that has been applied happened at Clerk, in milliseconds since 1970.
  public let newestVersion: Int64?
  public let users: Int64
  /// The deleted users that are remembered.
  public let tombstones: Int64
  /// The version of the linked SQLite, such as 3.51.3.
  public let library: String
  /// `wal`, `delete` and so on (sqlite.org/pragma.html#pragma_journal_mode).
  public let journalMode: String
}

extension Statistics {
  private struct Key: Hashable {
    let outcome: String
    let type: String?
  }

  /// Counts the next so many entries of the ledger.
  static let page: StaticString = """
    SELECT outcome, type, count(*), max(last_seen), max(rowid) FROM (
      SELECT rowid, outcome, type, last_seen FROM clerk_sync_deliveries WHERE rowid > ?1 ORDER BY rowid LIMIT 20000)
    GROUP BY outcome, type
    """

  init(_ connection: borrowing Connection) throws(SQLiteError) {
    var counts: [Key: Int64] = [:]
    var last: Int64?
    var position: Int64? = .min
    // Page by page: in a rollback journal's mode no commit gets past a reader.
    while let after = position {
      position = nil
      try connection.with(Self.page) { statement throws(SQLiteError) in
        try statement.bind(after, at: 1)
        while try statement.step() {
          let key = Key(outcome: statement.text(at: 0) ?? "", type: statement.text(at: 1))
          counts[key, default: 0] += statement.integer(at: 2) ?? 0
          last = [last, statement.integer(at: 3)].compactMap(\.self).max()
          position = [position, statement.integer(at: 4)].compactMap(\.self).max()
        }
      }
    }
    deliveries = counts.map { Count(outcome: $0.outcome, type: $0.type, deliveries: $1) }
      .sorted { ($0.outcome, $0.type ?? "") < ($1.outcome, $1.type ?? "") }
    failures = deliveries.filter { $0.outcome == DeliveryLedger.failed }.reduce(0) { $0 + $1.deliveries }
    lastDelivery = last
    newestVersion = try connection.integer("SELECT max(version) FROM clerk_sync_versions")
    users = try connection.integer(UserTable.count) ?? 0
    tombstones =
      try connection.integer("SELECT count(*) FROM clerk_sync_versions WHERE deleted IS NOT NULL") ?? 0
    library = Library.version
    journalMode = try connection.journalMode()
  }
}
