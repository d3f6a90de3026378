import SQLite

/// The removal of expired rows: a few at a time, so that no request pays for a purge and nobody has to run one.
enum Retention {
  /// Looking costs a write some time, so only one in so many does.
  private static let interval: Int64 = 16
  /// Four for each write, so that a backlog shrinks.
  private static let rowsAtATime = 4 * interval

  /// Removes rows from before `limit`, in milliseconds since 1970, where it is the turn of the ledger's last entry.
  static func run(before limit: Int64, on connection: borrowing Connection) throws(SQLiteError) {
    guard connection.lastInsertedRow % interval == 0 else { return }
    for purge in [DeliveryLedger.purge, VersionTable.purge] {
      try connection.with(purge) { statement throws(SQLiteError) in
        try statement.bind(limit, at: 1)
        try statement.bind(rowsAtATime, at: 2)
        try statement.run()
      }
    }
  }
}
