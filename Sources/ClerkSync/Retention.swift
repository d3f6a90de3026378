import SQLite

/// The removal of expired rows: a few with each write, so that no request pays for a purge and nobody has to run one.
enum Retention {
  private static let rowsAtATime: Int64 = 4

  /// Runs a statement that deletes at most `?2` of the rows from before `?1`, in milliseconds since 1970.
  static func run(
    _ purge: StaticString, before limit: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) {
    try connection.with(purge) { statement throws(SQLiteError) in
      try statement.bind(limit, at: 1)
      try statement.bind(rowsAtATime, at: 2)
      try statement.run()
    }
  }
}
