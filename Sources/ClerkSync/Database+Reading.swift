import SQLite

extension Database {
  /// Runs `body` on a connection to the file as it stands: nothing is created, in the file or beside it.
  func read<Result>(
    _ body: (borrowing Connection) throws(SQLiteError) -> Result
  ) throws(StoreError) -> Result {
    guard FileIdentity(path) != nil else { throw .missing(database: path) }
    let connection = try sql { () throws(SQLiteError) in
      try Connection(path: path, mode: .mustExist, busyTimeout: Self.busyTimeout)
    }
    try requireSchema(on: connection)
    return try sql { () throws(SQLiteError) in try body(connection) }
  }

  /// Refuses a file that lacks tables, and one with tables of a newer program.
  func requireSchema(on connection: borrowing Connection) throws(StoreError) {
    let found: Int64
    do throws(SQLiteError) {
      found = try SyncSchema.check(on: connection)
    } catch {
      throw error.kind == .schema ? .notPrepared(database: path) : .sqlite(error, database: path)
    }
    try requireKnown(found)
  }
}
