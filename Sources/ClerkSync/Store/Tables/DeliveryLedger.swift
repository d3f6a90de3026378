import SQLite

/// The table `clerk_sync_deliveries`: every verified message, and what became of it.
package enum DeliveryLedger {
  /// The outcome of a delivery that may be tried again; every other one is final.
  package static let failed = "failed"

  /// By position, so that a newer program's table, with more columns, does not take it.
  static let insertion: StaticString = """
    INSERT INTO clerk_sync_deliveries VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6) ON CONFLICT DO NOTHING
    """

  private static let retry: StaticString = """
    UPDATE clerk_sync_deliveries SET type = ?2, user_id = ?3, outcome = ?4, error = ?5,
      attempts = attempts + 1, last_seen = ?6
    WHERE svix_id = ?1 AND outcome = 'failed'
    """

  /// See ``Retention``. What has not been counted yet stays, and so does the newest entry: it says when a delivery came
  /// last, and keeps its position from being given again.
  static let prune: StaticString = """
    DELETE FROM clerk_sync_deliveries WHERE first_seen < ?1
      AND rowid IN (SELECT rowid FROM clerk_sync_deliveries ORDER BY rowid LIMIT ?2)
      AND rowid < (SELECT max(rowid) FROM clerk_sync_deliveries)
      AND rowid <= coalesce((SELECT deliveries FROM clerk_sync_counts WHERE hour = -1), 0)
    """

  /// How many entries go in the end.
  static let prunable: StaticString = """
    SELECT count(*) FROM clerk_sync_deliveries WHERE first_seen < ?1
      AND rowid < (SELECT max(rowid) FROM clerk_sync_deliveries)
    """

  /// The rest that ``prune`` leaves, but for the newest.
  static let pruneUncounted: StaticString = """
    DELETE FROM clerk_sync_deliveries WHERE first_seen < ?1
      AND rowid < (SELECT max(rowid) FROM clerk_sync_deliveries)
      AND rowid > coalesce((SELECT deliveries FROM clerk_sync_counts WHERE hour = -1), 0)
    """

  /// Enters one attempt at the delivery and tells whether it is one: a final entry stays as it is.
  ///
  /// `now` is in milliseconds since 1970.
  static func record(
    _ delivery: Delivery, outcome: String, error: String?, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> Bool {
    func run(_ sql: StaticString) throws(SQLiteError) -> Bool {
      try connection.with(sql) { statement throws(SQLiteError) in
        for (index, text) in [delivery.id, delivery.type, delivery.userID, outcome, error].enumerated() {
          try statement.bind(text, at: Int32(index + 1))
        }
        try statement.bind(now, at: 6)
        try statement.run()
      }
      return connection.changes > 0
    }
    // Nearly every delivery is a first one, which two statements of one purpose each find out most cheaply.
    if try run(insertion) {
      try DeliveryCounts.didInsert(at: connection.lastInsertedRow, on: connection)
      return true
    }
    guard try run(retry) else { return false }
    try DeliveryCounts.didRetry(delivery.id, on: connection)
    return true
  }

  static let pendingFailures: StaticString =
    "SELECT count(*), min(first_seen) FROM clerk_sync_deliveries WHERE outcome = 'failed'"

  /// How many deliveries have failed and not succeeded since, by their index alone.
  static let failureCount: StaticString =
    "SELECT count(*) FROM clerk_sync_deliveries WHERE outcome = 'failed'"

  /// How many deliveries have failed and not succeeded since, and when the first of them arrived, in milliseconds since
  /// 1970.
  static func failures(
    on connection: borrowing Connection
  ) throws(SQLiteError) -> (count: Int64, oldest: Int64?) {
    try connection.with(pendingFailures) { statement throws(SQLiteError) in
      try statement.step() ? (statement.integer(at: 0) ?? 0, statement.integer(at: 1)) : (0, nil)
    }
  }
}

/// What the ledger knows a message by.
public struct Delivery: Equatable, Sendable {
  /// The message's id, the same on every attempt to deliver it.
  public let id: String
  /// The event's type, where it could be read.
  public var type: String?
  /// The id of the user concerned, where it could be read.
  public var userID: String?

  public init(id: String, type: String? = nil, userID: String? = nil) {
    self.id = id
    self.type = type
    self.userID = userID
  }
}
