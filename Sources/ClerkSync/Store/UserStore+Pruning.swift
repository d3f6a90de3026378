import Glibc
import SQLite

/// Removal of all expired rows at once. ``Retention`` removes a few with each write.
extension UserStore {
  private static let rowsAtATime: Int64 = 1000

  /// Counts the ledger entries and tombstones from before `limit`, in milliseconds since 1970. Writes nothing.
  public func prunable(before limit: Int64) throws(StoreError) -> PrunedRows {
    let connection = try database.openForReading()
    return try database.sql(Retention.count(before: limit, on: connection))
  }

  /// Removes the ledger entries and tombstones from before `limit`, in milliseconds since 1970, and returns their
  /// number.
  ///
  /// The removal runs in many small transactions, with pauses that let other writers in. `progress` receives the number
  /// of rows removed so far after each transaction. Rows removed before an error stay removed.
  @discardableResult
  public func prune(
    before limit: Int64, progress: (PrunedRows) -> Void = { _ in }
  ) throws(StoreError) -> PrunedRows {
    try database.requireWritable()
    let connection = try database.open()
    try database.requireSchema(on: connection)
    var checkpoint = Checkpoint(keepsConnection: false)
    var gone = PrunedRows()
    let hasChanges = try database.sql(ChangeTable.exists(on: connection))
    while true {
      let start = ContinuousClock.now
      connection.deadline = start + Database.busyTimeout
      let removed = try database.sql(Self.pruneSome(before: limit, hasChanges: hasChanges, on: connection))
      guard removed.total > 0 else { return gone }
      gone.deliveries += removed.deliveries
      gone.tombstones += removed.tombstones
      gone.changes += removed.changes
      checkpoint.run(on: connection)
      progress(gone)
      // Waiting writers poll for the lock, so leave them half of the time.
      usleep(UInt32(clamping: Int((ContinuousClock.now - start) / .microseconds(1))))
    }
  }

  private static func pruneSome(
    before limit: Int64, hasChanges: Bool, on connection: borrowing Connection
  ) throws(SQLiteError) -> PrunedRows {
    try connection.transaction { () throws(SQLiteError) in
      let pruned = try Retention.prune(
        before: limit, atMost: rowsAtATime, hasChanges: hasChanges, on: connection)
      return pruned.total > 0 ? pruned : try Retention.pruneUncounted(before: limit, on: connection)
    }
  }
}
