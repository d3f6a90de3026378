import Glibc
import SQLite

/// The removal of expired rows at one time; with each write ``Retention`` removes a few.
extension UserStore {
  private static let rowsAtATime: Int64 = 1000

  /// Counts the ledger's entries and the tombstones from before `limit`, in milliseconds since 1970. Writes nothing.
  public func prunable(before limit: Int64) throws(StoreError) -> PrunedRows {
    try database.read { connection throws(SQLiteError) in try Retention.count(before: limit, on: connection) }
  }

  /// Removes the ledger's entries and the tombstones from before `limit`, in milliseconds since 1970.
  ///
  /// In many small transactions, with pauses for others to write in; `progress` is told after each what is gone so far,
  /// and what is returned in the end. What has been removed before an error stays removed.
  @discardableResult
  public func prune(
    before limit: Int64, progress: (PrunedRows) -> Void = { _ in }
  ) throws(StoreError) -> PrunedRows {
    try database.requireWritable()
    let connection = try database.open()
    try database.requireSchema(on: connection)
    var checkpoint = Checkpoint(keepsConnection: false)
    var gone = PrunedRows()
    while true {
      let start = ContinuousClock.now
      connection.setBusyTimeout(Database.busyTimeout)
      let removed = try database.sql { () throws(SQLiteError) in
        try connection.transaction { () throws(SQLiteError) in
          let counted = try Retention.prune(before: limit, atMost: Self.rowsAtATime, on: connection)
          return counted.total > 0 ? counted : try Retention.pruneUncounted(before: limit, on: connection)
        }
      }
      guard removed.total > 0 else { return gone }
      gone.deliveries += removed.deliveries
      gone.tombstones += removed.tombstones
      checkpoint.run(on: connection)
      progress(gone)
      // Those who wait for the lock only look now and then: half of the time is theirs.
      usleep(UInt32(clamping: Int((ContinuousClock.now - start) / .microseconds(1))))
    }
  }
}
