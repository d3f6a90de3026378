import SQLite

/// The table `clerk_sync_counts`: how many deliveries have been dealt with, by hour, type and outcome, also those whose
/// entries have left the ledger since.
///
/// A write a delivery would cost too much, so entries are counted sixteen at a time: those up to the position in the row
/// of hour -1 have been, save for failures, which are counted once they are none any more.
enum DeliveryCounts {
  /// The entries counted at a time.
  private static let interval: Int64 = 16
  /// An hour, in milliseconds.
  static let hour: Int64 = 3_600_000

  /// Counts the entries after position ?1, up to ?2, from before the time ?4, by periods of ?3 milliseconds.
  private static let addition: StaticString = """
    INSERT INTO clerk_sync_counts (hour, type, outcome, deliveries)
    SELECT first_seen / ?3, coalesce(type, ''), outcome, count(*) FROM clerk_sync_deliveries
    WHERE rowid > ?1 AND rowid <= ?2 AND first_seen < ?4 AND outcome <> 'failed' GROUP BY 1, 2, 3
    ON CONFLICT DO UPDATE SET deliveries = deliveries + excluded.deliveries
    """

  private static let counted: StaticString = "SELECT deliveries FROM clerk_sync_counts WHERE hour = -1"

  private static let counting: StaticString = "REPLACE INTO clerk_sync_counts VALUES (-1, '', '', ?1)"

  private static let countedPosition: StaticString = """
    SELECT rowid FROM clerk_sync_deliveries WHERE svix_id = ?1
      AND rowid <= coalesce((SELECT deliveries FROM clerk_sync_counts WHERE hour = -1), 0)
    """

  /// See ``Retention``.
  static let prune: StaticString = "DELETE FROM clerk_sync_counts WHERE hour > 0 AND hour < ?1 / 3600000"

  /// To be called for each new entry of the ledger.
  static func didInsert(at position: Int64, on connection: borrowing Connection) throws(SQLiteError) {
    guard position % interval == 0 else { return }
    var last = try connection.integer(counted) ?? 0
    // Somebody has emptied the ledger, and its positions begin anew.
    if position + interval <= last { last = position - interval }
    guard position > last else { return }
    try add(after: last, through: position, on: connection)
    try connection.with(counting) { statement throws(SQLiteError) in
      try statement.bind(position, at: 1)
      try statement.run()
    }
  }

  /// To be called for each entry that is tried again: where its sixteen have been counted without it, it is now.
  static func didRetry(_ svixID: String, on connection: borrowing Connection) throws(SQLiteError) {
    let position = try connection.with(countedPosition) { statement throws(SQLiteError) in
      try statement.bind(svixID, at: 1)
      return try statement.step() ? statement.integer(at: 0) : nil
    }
    if let position { try add(after: position - 1, through: position, on: connection) }
  }

  /// Counts a ledger that is older than this table.
  static func countAll(on connection: borrowing Connection) throws(SQLiteError) {
    let newest = try connection.integer(DeliveryLedger.newest) ?? 0
    try didInsert(at: newest / interval * interval, on: connection)
  }

  /// Counts those of the last entries that are from before `limit`, in milliseconds since 1970, and about to go.
  static func countLast(before limit: Int64, on connection: borrowing Connection) throws(SQLiteError) {
    let newest = try connection.integer(DeliveryLedger.newest) ?? 0
    // The newest itself stays.
    try add(after: try connection.integer(counted) ?? 0, through: newest - 1, before: limit, on: connection)
  }

  private static func add(
    after first: Int64, through last: Int64, before limit: Int64 = .max, on connection: borrowing Connection
  ) throws(SQLiteError) {
    // In a period without an end all are from hour 0, the row of the totals.
    for period in [hour, .max] {
      try connection.with(addition) { statement throws(SQLiteError) in
        try statement.bind(first, at: 1)
        try statement.bind(last, at: 2)
        try statement.bind(period, at: 3)
        try statement.bind(limit, at: 4)
        try statement.run()
      }
    }
  }
}

extension DeliveryCounts {
  // Each adds what has not been counted yet, and the failures: the last ten thousand, so that it takes no longer the more
  // there are.
  static let totals: StaticString = """
    SELECT outcome, type, sum(deliveries) FROM (
      SELECT outcome, type, deliveries FROM clerk_sync_counts WHERE hour = 0
      UNION ALL
      SELECT outcome, coalesce(type, ''), 1 FROM clerk_sync_deliveries
        WHERE rowid > coalesce((SELECT deliveries FROM clerk_sync_counts WHERE hour = -1), 0) AND outcome <> 'failed'
      UNION ALL
      SELECT * FROM (SELECT outcome, coalesce(type, ''), 1 FROM clerk_sync_deliveries WHERE outcome = 'failed'
        ORDER BY rowid DESC LIMIT 10000))
    GROUP BY outcome, type ORDER BY outcome, type
    """

  /// From hour ?1 on, by steps of ?2 hours.
  static let series: StaticString = """
    SELECT outcome, type, sum(deliveries), hour / ?2 * ?2 AS step FROM (
      SELECT outcome, type, deliveries, hour FROM clerk_sync_counts WHERE hour >= ?1
      UNION ALL
      SELECT outcome, coalesce(type, ''), 1, first_seen / 3600000 FROM clerk_sync_deliveries
        WHERE rowid > coalesce((SELECT deliveries FROM clerk_sync_counts WHERE hour = -1), 0) AND outcome <> 'failed'
      UNION ALL
      SELECT * FROM (SELECT outcome, coalesce(type, ''), 1, first_seen / 3600000 FROM clerk_sync_deliveries
        WHERE outcome = 'failed' ORDER BY rowid DESC LIMIT 10000))
    WHERE hour >= ?1 GROUP BY step, outcome, type ORDER BY step, outcome, type
    """

  /// All deliveries so far, by outcome and type.
  static func readTotals(on connection: borrowing Connection) throws(SQLiteError) -> [Statistics.Count] {
    try connection.with(totals) { statement throws(SQLiteError) in
      var counts: [Statistics.Count] = []
      while try statement.step() { counts.append(Statistics.Count(statement)) }
      return counts
    }
  }

  /// The deliveries since `hour`, counted from 1970, by steps of so many hours.
  static func readSeries(
    from hour: Int64, step: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> [Activity.Bar] {
    try connection.with(series) { statement throws(SQLiteError) in
      try statement.bind(hour, at: 1)
      try statement.bind(step, at: 2)
      var bars: [Activity.Bar] = []
      while try statement.step() {
        bars.append(
          Activity.Bar(
            start: (statement.integer(at: 3) ?? 0) * Self.hour, count: Statistics.Count(statement)))
      }
      return bars
    }
  }
}

extension Statistics.Count {
  /// The current row; a type that could not be read is stored as an empty one.
  fileprivate init(_ row: borrowing Statement) {
    let type = row.text(at: 1) ?? ""
    self.init(
      outcome: row.text(at: 0) ?? "", type: type.isEmpty ? nil : type, deliveries: row.integer(at: 2) ?? 0)
  }
}
