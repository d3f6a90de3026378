import SQLite

// Entries come in the order of their first attempts, so that a time is found among the positions by halving.
extension DeliveryLedger {
  static let nextFrom: StaticString = """
    SELECT rowid, first_seen FROM clerk_sync_deliveries WHERE rowid >= ?1 ORDER BY rowid LIMIT 1
    """

  private static let oldest: StaticString = "SELECT min(rowid) FROM clerk_sync_deliveries"

  /// An attempt at a delivery that had failed before stands further back; those of the last hundred are looked at.
  static let lastAttempt: StaticString = """
    SELECT max(last_seen) FROM (SELECT last_seen FROM clerk_sync_deliveries ORDER BY rowid DESC LIMIT 100)
    """

  /// The positions that entries have; empty when there is none.
  static func positions(on connection: borrowing Connection) throws(SQLiteError) -> Range<Int64> {
    guard let first = try connection.integer(oldest), let last = try connection.integer(newest), first <= last
    else { return 0..<0 }
    return first..<last + 1
  }

  /// The position of the first entry from `time` on, in milliseconds since 1970; the end of `positions` when there is
  /// none.
  static func position(
    from time: Int64, in positions: Range<Int64>, on connection: borrowing Connection
  ) throws(SQLiteError) -> Int64 {
    var (low, high) = (positions.lowerBound, positions.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      try connection.with(nextFrom) { statement throws(SQLiteError) in
        try statement.bind(middle, at: 1)
        if try statement.step(), let position = statement.integer(at: 0), position < high,
          statement.integer(at: 1) ?? 0 < time
        {
          low = position + 1
        } else {
          high = middle
        }
      }
    }
    return low
  }
}
