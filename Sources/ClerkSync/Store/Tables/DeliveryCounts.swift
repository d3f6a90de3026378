import SQLite

/// The table `clerk_sync_counts`: the number of processed deliveries by hour, type and outcome. It includes deliveries
/// whose ledger entries have been pruned.
///
/// Entries are counted in batches of sixteen, because one more write for each delivery would cost too much. The row of
/// hour -1 holds the position up to which entries have been counted. Failures and refusals are left out until they are
/// settled: applied by a retry, or made stale.
enum DeliveryCounts {
  /// The number of entries in a batch.
  private static let interval: Int64 = 16
  /// An hour, in milliseconds.
  static let hour: Int64 = 3_600_000

  /// Counts the entries after position ?1 up to ?2 that arrived before ?4, by periods of ?3 milliseconds.
  private static let addition: SQL = """
    INSERT INTO clerk_sync_counts (hour, type, outcome, deliveries)
    SELECT first_seen / ?3, coalesce(type, ''), outcome, count(*) FROM clerk_sync_deliveries
    WHERE rowid > ?1 AND rowid <= ?2 AND first_seen < ?4
      AND outcome NOT IN ('failed', 'refused') GROUP BY 1, 2, 3
    ON CONFLICT DO UPDATE SET deliveries = deliveries + excluded.deliveries
    """

  private static let counted: SQL = "SELECT deliveries FROM clerk_sync_counts WHERE hour = -1"

  private static let counting: SQL = "REPLACE INTO clerk_sync_counts VALUES (-1, '', '', ?1)"

  private static let position: SQL = "SELECT rowid FROM clerk_sync_deliveries WHERE svix_id = ?1"

  /// See ``Retention``.
  static let prune: SQL = "DELETE FROM clerk_sync_counts WHERE hour > 0 AND hour < ?1 / 3600000"

  /// Counts a batch when it is complete. Call this for each new ledger entry.
  static func didInsert(at position: Int64, on connection: borrowing Connection) throws(SQLiteError) {
    guard position % interval == 0 else { return }
    var last = try connection.integer(counted) ?? 0
    // Positions start over after someone has emptied the ledger.
    if position + interval <= last { last = position - interval }
    guard position > last else { return }
    try add(after: last, through: position, on: connection)
    try connection.run(counting, position)
  }

  /// Counts a retried entry whose batch has been counted without it. Call this for each retried entry.
  static func didRetry(_ svixID: String, on connection: borrowing Connection) throws(SQLiteError) {
    guard let position = try connection.integer(position, svixID) else { return }
    try didSettle(at: position, on: connection)
  }

  /// Counts an entry that is no longer failed or refused, if its batch has been counted without it.
  static func didSettle(at position: Int64, on connection: borrowing Connection) throws(SQLiteError) {
    guard try position <= connection.integer(counted) ?? 0 else { return }
    try add(after: position - 1, through: position, on: connection)
  }

  /// Counts the entries of a ledger that is older than this table.
  static func countAll(on connection: borrowing Connection) throws(SQLiteError) {
    let newest = try connection.integer(DeliveryLedger.newest) ?? 0
    try didInsert(at: newest / interval * interval, on: connection)
  }

  /// Counts the last entries from before `limit`, in milliseconds since 1970, ahead of their removal.
  static func countLast(before limit: Int64, on connection: borrowing Connection) throws(SQLiteError) {
    let newest = try connection.integer(DeliveryLedger.newest) ?? 0
    // The newest entry is never removed.
    try add(after: try connection.integer(counted) ?? 0, through: newest - 1, before: limit, on: connection)
  }

  private static func add(
    after first: Int64, through last: Int64, before limit: Int64 = .max, on connection: borrowing Connection
  ) throws(SQLiteError) {
    // An endless period puts every entry into hour 0, which holds the totals.
    for period in [hour, .max] { try connection.run(addition, first, last, period, limit) }
  }
}

extension DeliveryCounts {
  // Each query adds the entries that have not been counted yet, and the last ten thousand failures and refusals. The
  // limit bounds the time.
  static let totals: SQL = """
    SELECT outcome, type, sum(deliveries) FROM (
      SELECT outcome, type, deliveries FROM clerk_sync_counts WHERE hour = 0
      UNION ALL
      SELECT outcome, coalesce(type, ''), 1 FROM clerk_sync_deliveries
        WHERE rowid > coalesce((SELECT deliveries FROM clerk_sync_counts WHERE hour = -1), 0)
          AND outcome NOT IN ('failed', 'refused')
      UNION ALL
      SELECT * FROM (SELECT outcome, coalesce(type, ''), 1 FROM clerk_sync_deliveries WHERE outcome = 'failed'
        ORDER BY rowid DESC LIMIT 10000)
      UNION ALL
      SELECT * FROM (SELECT outcome, coalesce(type, ''), 1 FROM clerk_sync_deliveries WHERE outcome = 'refused'
        ORDER BY +rowid DESC LIMIT 10000))
    GROUP BY outcome, type ORDER BY outcome, type
    """

  /// Deliveries since hour ?1, in steps of ?2 hours.
  static let series: SQL = """
    SELECT outcome, type, sum(deliveries), hour / ?2 * ?2 AS step FROM (
      SELECT outcome, type, deliveries, hour FROM clerk_sync_counts WHERE hour >= ?1
      UNION ALL
      SELECT outcome, coalesce(type, ''), 1, first_seen / 3600000 FROM clerk_sync_deliveries
        WHERE rowid > coalesce((SELECT deliveries FROM clerk_sync_counts WHERE hour = -1), 0)
          AND outcome NOT IN ('failed', 'refused')
      UNION ALL
      SELECT * FROM (SELECT outcome, coalesce(type, ''), 1, first_seen / 3600000 FROM clerk_sync_deliveries
        WHERE outcome = 'failed' ORDER BY rowid DESC LIMIT 10000)
      UNION ALL
      SELECT * FROM (SELECT outcome, coalesce(type, ''), 1, first_seen / 3600000 FROM clerk_sync_deliveries
        WHERE outcome = 'refused' ORDER BY +rowid DESC LIMIT 10000))
    WHERE hour >= ?1 GROUP BY step, outcome, type ORDER BY step, outcome, type
    """

  /// Returns the number of all deliveries so far, by outcome and type.
  static func readTotals(on connection: borrowing Connection) throws(SQLiteError) -> [Statistics.Count] {
    try connection.all(totals, row: Statistics.Count.init)
  }

  /// Returns the number of deliveries since `hour`, counted from 1970, in steps of `step` hours.
  static func readSeries(
    from hour: Int64, step: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> [Activity.Bar] {
    try connection.all(series, hour, step) { row in
      Activity.Bar(start: (row.integer(at: 3) ?? 0) * Self.hour, count: Statistics.Count(row))
    }
  }
}

extension Statistics.Count {
  /// Reads the current row. A type that could not be read is stored as the empty text.
  fileprivate init(_ row: borrowing Statement) {
    let type = row.text(at: 1) ?? ""
    self.init(
      outcome: row.text(at: 0) ?? "", type: type.isEmpty ? nil : type, deliveries: row.integer(at: 2) ?? 0)
  }
}
