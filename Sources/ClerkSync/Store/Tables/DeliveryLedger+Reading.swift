import SQLite

// Every reader walks along the rowid and stops at its limit: an index for each filter would cost every delivery a write.
// One of the failures costs nothing while there are none.
extension DeliveryLedger {
  static let newestFirst: StaticString = """
    SELECT rowid, svix_id, type, user_id, outcome, error, attempts, first_seen, last_seen
    FROM clerk_sync_deliveries
    WHERE rowid < ?1 AND rowid > ?7 AND (?2 IS NULL OR outcome = ?2) AND (?3 IS NULL OR type = ?3)
      AND (?4 IS NULL OR user_id = ?4) AND (?5 IS NULL OR last_seen >= ?5)
    ORDER BY rowid DESC LIMIT ?6
    """

  /// Of the next ten thousand that failed, so that it takes no longer the more there are.
  static let newestFailed: StaticString = """
    SELECT * FROM (SELECT rowid AS position, svix_id, type, user_id, outcome, error, attempts, first_seen, last_seen
      FROM clerk_sync_deliveries WHERE outcome = 'failed' AND rowid < ?1 AND rowid > ?7
      ORDER BY rowid DESC LIMIT 10000)
    WHERE (?2 IS NULL OR outcome = ?2) AND (?3 IS NULL OR type = ?3) AND (?4 IS NULL OR user_id = ?4)
      AND (?5 IS NULL OR last_seen >= ?5)
    ORDER BY position DESC LIMIT ?6
    """

  static let oldestFirst: StaticString = """
    SELECT rowid, svix_id, type, user_id, outcome, error, attempts, first_seen, last_seen
    FROM clerk_sync_deliveries
    WHERE rowid > ?1 AND (?2 IS NULL OR outcome = ?2) AND (?3 IS NULL OR type = ?3)
      AND (?4 IS NULL OR user_id = ?4) AND (?5 IS NULL OR last_seen >= ?5)
    ORDER BY rowid LIMIT ?6
    """

  static let atPosition: StaticString = """
    SELECT rowid, svix_id, type, user_id, outcome, error, attempts, first_seen, last_seen
    FROM clerk_sync_deliveries WHERE rowid = ?1
    """

  static let newest: StaticString = "SELECT max(rowid) FROM clerk_sync_deliveries"

  /// Up to `limit` entries between the two positions, the newest first.
  static func readNewest(
    _ filter: DeliveryFilter, before position: Int64, after floor: Int64 = .min, limit: Int,
    on connection: borrowing Connection
  ) throws(SQLiteError) -> [DeliveryRecord] {
    let sql = filter.outcome == failed ? newestFailed : newestFirst
    return try read(sql, filter, from: position, floor: floor, limit: limit, on: connection)
  }

  /// Up to `limit` entries after `position`, the oldest first.
  static func readOldest(
    _ filter: DeliveryFilter, after position: Int64, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> [DeliveryRecord] {
    try read(oldestFirst, filter, from: position, limit: limit, on: connection)
  }

  private static func read(
    _ sql: StaticString, _ filter: DeliveryFilter, from position: Int64, floor: Int64? = nil, limit: Int,
    on connection: borrowing Connection
  ) throws(SQLiteError) -> [DeliveryRecord] {
    var statement = try connection.prepare(sql)
    try statement.bind(position, at: 1)
    for (index, text) in [filter.outcome, filter.type, filter.userID].enumerated() {
      try statement.bind(text, at: Int32(index + 2))
    }
    if let since = filter.since { try statement.bind(since, at: 5) }
    try statement.bind(Int64(limit), at: 6)
    if let floor { try statement.bind(floor, at: 7) }
    var records: [DeliveryRecord] = []
    while try statement.step() { records.append(DeliveryRecord(statement)) }
    return records
  }

  /// The entries at those of the positions that have one, in their order.
  static func read(
    at positions: [Int64], on connection: borrowing Connection
  ) throws(SQLiteError) -> [DeliveryRecord] {
    var records: [DeliveryRecord] = []
    for position in positions {
      try connection.with(atPosition) { statement throws(SQLiteError) in
        try statement.bind(position, at: 1)
        if try statement.step() { records.append(DeliveryRecord(statement)) }
      }
    }
    return records
  }
}

extension DeliveryRecord {
  /// The current row.
  fileprivate init(_ row: borrowing Statement) {
    position = row.integer(at: 0) ?? 0
    id = row.text(at: 1) ?? ""
    type = row.text(at: 2)
    userID = row.text(at: 3)
    outcome = row.text(at: 4) ?? ""
    error = row.text(at: 5)
    attempts = Int(row.integer(at: 6) ?? 0)
    firstSeen = row.integer(at: 7) ?? 0
    lastSeen = row.integer(at: 8) ?? 0
  }
}

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
