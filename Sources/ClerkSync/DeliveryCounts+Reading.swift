import SQLite

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
  ) throws(SQLiteError) -> [ActivityReport.Bar] {
    try connection.with(series) { statement throws(SQLiteError) in
      try statement.bind(hour, at: 1)
      try statement.bind(step, at: 2)
      var bars: [ActivityReport.Bar] = []
      while try statement.step() {
        bars.append(
          ActivityReport.Bar(
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
