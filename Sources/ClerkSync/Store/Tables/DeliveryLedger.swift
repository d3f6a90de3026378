import SQLite

/// The table `clerk_sync_deliveries`: every verified message and its outcome.
package enum DeliveryLedger {
  /// The outcome of a failed delivery, which a retry can change.
  package static let failed = "failed"
  /// The outcome of a delivery that no retry can mend. Changed settings can, and a later event of the same object makes
  /// it stale. Every outcome but these two is final.
  package static let refused = "refused"

  /// Names no columns, so that it fails on the wider table of a newer program.
  static let insertion: SQL = """
    INSERT INTO clerk_sync_deliveries VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6) ON CONFLICT DO NOTHING
    """

  private static let retry: SQL = """
    UPDATE clerk_sync_deliveries SET type = ?2, object_id = ?3, outcome = ?4, error = ?5,
      attempts = attempts + 1, last_seen = ?6
    WHERE svix_id = ?1 AND outcome IN ('failed', 'refused')
    """

  /// See ``Retention``. Uncounted entries stay. The newest entry stays too, because it holds the time of the last
  /// delivery and keeps SQLite from reusing its position.
  static let prune: SQL = """
    DELETE FROM clerk_sync_deliveries WHERE first_seen < ?1
      AND rowid IN (SELECT rowid FROM clerk_sync_deliveries ORDER BY rowid LIMIT ?2)
      AND rowid < (SELECT max(rowid) FROM clerk_sync_deliveries)
      AND rowid <= coalesce((SELECT deliveries FROM clerk_sync_counts WHERE hour = -1), 0)
    """

  /// Counts the entries that pruning removes in the end.
  static let prunable: SQL = """
    SELECT count(*) FROM clerk_sync_deliveries WHERE first_seen < ?1
      AND rowid < (SELECT max(rowid) FROM clerk_sync_deliveries)
    """

  /// Removes the uncounted entries that ``prune`` leaves, except the newest.
  static let pruneUncounted: SQL = """
    DELETE FROM clerk_sync_deliveries WHERE first_seen < ?1
      AND rowid < (SELECT max(rowid) FROM clerk_sync_deliveries)
      AND rowid > coalesce((SELECT deliveries FROM clerk_sync_counts WHERE hour = -1), 0)
    """

  /// Records an attempt at the delivery. Returns false, and writes nothing, when its entry is final already.
  ///
  /// `now` is in milliseconds since 1970.
  static func record(
    _ delivery: Delivery, outcome: String, error: String?, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> Bool {
    func run(_ sql: SQL) throws(SQLiteError) -> Bool {
      try connection.run(sql, delivery.id, delivery.type, delivery.objectID, outcome, error, now)
      return connection.changes > 0
    }
    // Nearly every attempt is the first, for which the insertion alone is cheaper than an upsert.
    if try run(insertion) {
      try DeliveryCounts.didInsert(at: connection.lastInsertedRow, on: connection)
      return true
    }
    guard try run(retry) else { return false }
    try DeliveryCounts.didRetry(delivery.id, on: connection)
    return true
  }

  static let refusalsOfObject: SQL =
    "SELECT rowid FROM clerk_sync_deliveries WHERE outcome = 'refused' AND object_id = ?1"

  private static let clearing: SQL =
    "UPDATE clerk_sync_deliveries SET outcome = 'stale', error = NULL WHERE rowid = ?1"

  /// Makes the object's refusals stale.
  static func clearRefusals(of objectID: String, on connection: borrowing Connection) throws(SQLiteError) {
    let positions = try connection.all(refusalsOfObject, objectID) { $0.integer(at: 0) ?? 0 }
    for position in positions {
      try connection.run(clearing, position)
      try DeliveryCounts.didSettle(at: position, on: connection)
    }
  }

  static let pendingFailures: SQL =
    "SELECT count(*), min(first_seen) FROM clerk_sync_deliveries WHERE outcome = 'failed'"

  /// Counts the pending failures from their index alone.
  static let failureCount: SQL =
    "SELECT count(*) FROM clerk_sync_deliveries WHERE outcome = 'failed'"

  /// Counts the refusals from their index alone.
  static let refusalCount: SQL =
    "SELECT count(*) FROM clerk_sync_deliveries WHERE outcome = 'refused'"

  /// Returns the number of deliveries that failed and have not succeeded since, and when the first of them arrived, in
  /// milliseconds since 1970.
  static func failures(
    on connection: borrowing Connection
  ) throws(SQLiteError) -> (count: Int64, oldest: Int64?) {
    try connection.first(pendingFailures) { ($0.integer(at: 0) ?? 0, $0.integer(at: 1)) } ?? (0, nil)
  }
}

/// The fields that identify a message in the ledger.
public struct Delivery: Equatable, Sendable {
  /// The message's id, the same on every attempt to deliver it.
  public let id: String
  /// The event's type; nil when it could not be read.
  public var type: String?
  /// The id of the object that the event is about; nil when it could not be read.
  public var objectID: String?

  public init(id: String, type: String? = nil, objectID: String? = nil) {
    self.id = id
    self.type = type
    self.objectID = objectID
  }
}
