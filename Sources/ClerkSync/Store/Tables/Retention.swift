import SQLite

/// Prunes expired rows a few at a time, alongside writes. No single request pays for a large removal, and no job has to
/// be scheduled.
enum Retention {
  /// One write in sixteen looks for expired rows, because looking takes time.
  private static let interval: Int64 = 16
  /// Four rows for each write, so that a backlog of expired rows shrinks.
  private static let rowsAtATime = 4 * interval
  /// A day, in milliseconds.
  private static let day: Int64 = 86_400_000
  /// How far back the console can look, in days.
  private static let daysOfCounts = 90

  /// Removes rows older than `days` days when the ledger's last position is a multiple of the interval. `now` is in
  /// milliseconds since 1970.
  static func run(
    now: Int64, days: Int, keepsChanges: Bool, on connection: borrowing Connection
  ) throws(SQLiteError) {
    guard connection.lastInsertedRow % interval == 0 else { return }
    let limit = now - Int64(days) * day
    _ = try prune(before: limit, atMost: rowsAtATime, hasChanges: keepsChanges, on: connection)
    // Counts are few, and outlive the entries that they count.
    try connection.run(DeliveryCounts.prune, now - Int64(max(days, daysOfCounts)) * day)
  }

  /// Removes up to `count` rows of each kind from before `limit`, in milliseconds since 1970.
  static func prune(
    before limit: Int64, atMost count: Int64, hasChanges: Bool, on connection: borrowing Connection
  ) throws(SQLiteError) -> PrunedRows {
    try connection.run(DeliveryLedger.prune, limit, count)
    let deliveries = connection.changes
    try connection.run(VersionTable.prune, limit, count)
    let tombstones = connection.changes
    let changes =
      hasChanges ? try ChangeTable.prune(before: limit, atMost: count, on: connection) : 0
    return PrunedRows(deliveries: Int64(deliveries), tombstones: Int64(tombstones), changes: changes)
  }

  /// Counts and removes the ledger's last, uncounted entries from before `limit`, in milliseconds since 1970.
  static func pruneUncounted(
    before limit: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> PrunedRows {
    try DeliveryCounts.countLast(before: limit, on: connection)
    try connection.run(DeliveryLedger.pruneUncounted, limit)
    return PrunedRows(deliveries: Int64(connection.changes))
  }

  /// Returns how many rows of each kind are from before `limit`, in milliseconds since 1970.
  static func count(
    before limit: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> PrunedRows {
    PrunedRows(
      deliveries: try connection.integer(DeliveryLedger.prunable, limit) ?? 0,
      tombstones: try connection.integer(
        "SELECT count(*) FROM clerk_sync_versions WHERE deleted < ?1", limit) ?? 0,
      changes: try ChangeTable.prunable(before: limit, on: connection))
  }
}

/// The number of rows past their retention, by kind.
public struct PrunedRows: Equatable, Sendable {
  /// Ledger entries.
  public var deliveries: Int64 = 0
  /// Tombstones of deleted users.
  public var tombstones: Int64 = 0

  /// Entries of the change feed that every consumer has handled.
  public var changes: Int64 = 0

  /// The sum of all.
  public var total: Int64 { deliveries + tombstones + changes }
}
