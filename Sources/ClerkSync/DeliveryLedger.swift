import SQLite

/// The table `clerk_sync_deliveries`: every verified message, and what became of it.
enum DeliveryLedger {
  /// The outcome of a delivery that may be tried again; every other one is final.
  static let failed = "failed"

  static let entry: StaticString = """
    INSERT INTO clerk_sync_deliveries (svix_id, type, user_id, outcome, error, attempts, first_seen, last_seen)
    VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?6)
    ON CONFLICT (svix_id) DO UPDATE SET type = excluded.type, user_id = excluded.user_id,
      outcome = excluded.outcome, error = excluded.error, attempts = attempts + 1, last_seen = excluded.last_seen
    WHERE outcome = 'failed'
    """

  /// See ``Retention``.
  static let purge: StaticString = """
    DELETE FROM clerk_sync_deliveries WHERE first_seen < ?1
      AND rowid IN (SELECT rowid FROM clerk_sync_deliveries ORDER BY rowid LIMIT ?2)
    """

  /// Enters one attempt at the delivery; `now` is in milliseconds since 1970. A final entry stays as it is.
  static func record(
    _ delivery: Delivery, outcome: String, error: String?, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) {
    try connection.with(entry) { statement throws(SQLiteError) in
      for (index, text) in [delivery.id, delivery.type, delivery.userID, outcome, error].enumerated() {
        try statement.bind(text, at: Int32(index + 1))
      }
      try statement.bind(now, at: 6)
      try statement.run()
    }
  }
}
