import SQLite

// Every query walks along the rowid and stops at its limit. An index for each filter would add a write to every
// delivery; the partial indexes of failures and refusals add none while there are none.
extension DeliveryLedger {
  static let newestFirst: SQL = """
    SELECT rowid, svix_id, type, object_id, outcome, error, attempts, first_seen, last_seen
    FROM clerk_sync_deliveries
    WHERE rowid < ?1 AND rowid > ?7 AND (?2 IS NULL OR outcome = ?2) AND (?3 IS NULL OR type = ?3)
      AND (?4 IS NULL OR object_id = ?4) AND (?5 IS NULL OR last_seen >= ?5)
    ORDER BY rowid DESC LIMIT ?6
    """

  static let newestFailed = newest("failed")
  static let newestRefused = newest("refused")

  /// Examines ten thousand entries at most, which bounds the time. The outcome has to be part of the text, or SQLite does
  /// not use the partial index.
  private static func newest(_ outcome: SQL) -> SQL {
    """
    SELECT * FROM (SELECT rowid AS position, svix_id, type, object_id, outcome, error, attempts, first_seen, last_seen
      FROM clerk_sync_deliveries WHERE outcome = '\(outcome)' AND rowid < ?1 AND rowid > ?7
      ORDER BY rowid DESC LIMIT 10000)
    WHERE (?2 IS NULL OR outcome = ?2) AND (?3 IS NULL OR type = ?3) AND (?4 IS NULL OR object_id = ?4)
      AND (?5 IS NULL OR last_seen >= ?5)
    ORDER BY position DESC LIMIT ?6
    """
  }

  static let oldestFirst: SQL = """
    SELECT rowid, svix_id, type, object_id, outcome, error, attempts, first_seen, last_seen
    FROM clerk_sync_deliveries
    WHERE rowid > ?1 AND (?2 IS NULL OR outcome = ?2) AND (?3 IS NULL OR type = ?3)
      AND (?4 IS NULL OR object_id = ?4) AND (?5 IS NULL OR last_seen >= ?5)
    ORDER BY rowid LIMIT ?6
    """

  static let atPosition: SQL = """
    SELECT rowid, svix_id, type, object_id, outcome, error, attempts, first_seen, last_seen
    FROM clerk_sync_deliveries WHERE rowid = ?1
    """

  static let newest: SQL = "SELECT max(rowid) FROM clerk_sync_deliveries"

  /// Returns up to `limit` entries between the two positions, newest first.
  static func readNewest(
    _ filter: DeliveryFilter, before position: Int64, after floor: Int64 = .min, limit: Int,
    on connection: borrowing Connection
  ) throws(SQLiteError) -> [DeliveryRecord] {
    let sql =
      switch filter.outcome {
      case failed: newestFailed
      case refused: newestRefused
      default: newestFirst
      }
    return try connection.all(
      sql, position, filter.outcome, filter.type, filter.objectID, filter.since, limit, floor,
      row: DeliveryRecord.init)
  }

  /// Returns up to `limit` entries after `position`, oldest first.
  static func readOldest(
    _ filter: DeliveryFilter, after position: Int64, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> [DeliveryRecord] {
    try connection.all(
      oldestFirst, position, filter.outcome, filter.type, filter.objectID, filter.since, limit,
      row: DeliveryRecord.init)
  }

  /// Returns the entries at the positions, in the positions' order. A position without an entry is skipped.
  static func read(
    at positions: [Int64], on connection: borrowing Connection
  ) throws(SQLiteError) -> [DeliveryRecord] {
    var records: [DeliveryRecord] = []
    for position in positions {
      if let record = try connection.first(atPosition, position, row: DeliveryRecord.init) {
        records.append(record)
      }
    }
    return records
  }
}

extension DeliveryRecord {
  /// Reads the current row.
  fileprivate init(_ row: borrowing Statement) {
    position = row.integer(at: 0) ?? 0
    id = row.text(at: 1) ?? ""
    type = row.text(at: 2)
    objectID = row.text(at: 3)
    outcome = row.text(at: 4) ?? ""
    error = row.text(at: 5)
    attempts = Int(row.integer(at: 6) ?? 0)
    firstSeen = row.integer(at: 7) ?? 0
    lastSeen = row.integer(at: 8) ?? 0
  }
}

// Entries are in the order of their first attempts, so a binary search over the positions finds a time.
extension DeliveryLedger {
  static let nextFrom: SQL = """
    SELECT rowid, first_seen FROM clerk_sync_deliveries WHERE rowid >= ?1 ORDER BY rowid LIMIT 1
    """

  private static let oldest: SQL = "SELECT min(rowid) FROM clerk_sync_deliveries"

  /// Examines the last hundred entries, because a retry updates an older entry.
  static let lastAttempt: SQL = """
    SELECT max(last_seen) FROM (SELECT last_seen FROM clerk_sync_deliveries ORDER BY rowid DESC LIMIT 100)
    """

  /// Returns the range of the entries' positions; empty when there are no entries.
  static func positions(on connection: borrowing Connection) throws(SQLiteError) -> Range<Int64> {
    guard let first = try connection.integer(oldest), let last = try connection.integer(newest), first <= last
    else { return 0..<0 }
    return first..<last + 1
  }

  /// Returns the position of the first entry at or after `time`, in milliseconds since 1970; the end of `positions`
  /// when there is none.
  static func position(
    from time: Int64, in positions: Range<Int64>, on connection: borrowing Connection
  ) throws(SQLiteError) -> Int64 {
    var (low, high) = (positions.lowerBound, positions.upperBound)
    while low < high {
      let middle = low + (high - low) / 2
      let entry = try connection.first(nextFrom, middle) { row in
        (position: row.integer(at: 0) ?? 0, firstSeen: row.integer(at: 1) ?? 0)
      }
      if let entry, entry.position < high, entry.firstSeen < time {
        low = entry.position + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
