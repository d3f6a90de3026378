import SQLite

/// The removal of expired rows: a few at a time, so that no request pays for a large one and nobody has to run one.
enum Retention {
  /// Looking costs a write some time, so only one in so many does.
  private static let interval: Int64 = 16
  /// Four for each write, so that a backlog shrinks.
  private static let rowsAtATime = 4 * interval
  /// A day, in milliseconds.
  private static let day: Int64 = 86_400_000
  /// What the console can look back on.
  private static let daysOfCounts = 90

  /// Removes rows that are older than so many days, where it is the turn of the ledger's last entry; `now` is in
  /// milliseconds since 1970.
  static func run(now: Int64, days: Int, on connection: borrowing Connection) throws(SQLiteError) {
    guard connection.lastInsertedRow % interval == 0 else { return }
    _ = try prune(before: now - Int64(days) * day, atMost: rowsAtATime, on: connection)
    // They are few, and outlive the entries they count.
    try connection.with(DeliveryCounts.prune) { statement throws(SQLiteError) in
      try statement.bind(now - Int64(max(days, daysOfCounts)) * day, at: 1)
      try statement.run()
    }
  }

  /// Removes up to `count` rows of each kind from before `limit`, in milliseconds since 1970.
  static func prune(
    before limit: Int64, atMost count: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> PrunedRows {
    func run(_ statement: StaticString) throws(SQLiteError) -> Int64 {
      try connection.with(statement) { statement throws(SQLiteError) in
        try statement.bind(limit, at: 1)
        try statement.bind(count, at: 2)
        try statement.run()
      }
      return Int64(connection.changes)
    }
    return PrunedRows(deliveries: try run(DeliveryLedger.prune), tombstones: try run(VersionTable.prune))
  }

  /// Removes the last entries of the ledger, those that are not counted yet, from before `limit`, in milliseconds since
  /// 1970, and counts them.
  static func pruneUncounted(
    before limit: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> PrunedRows {
    try DeliveryCounts.countLast(before: limit, on: connection)
    try connection.with(DeliveryLedger.pruneUncounted) { statement throws(SQLiteError) in
      try statement.bind(limit, at: 1)
      try statement.run()
    }
    return PrunedRows(deliveries: Int64(connection.changes))
  }

  /// How many rows of each kind are from before `limit`, in milliseconds since 1970.
  static func count(before limit: Int64, on connection: borrowing Connection) throws(SQLiteError)
    -> PrunedRows
  {
    func run(_ query: StaticString) throws(SQLiteError) -> Int64 {
      try connection.with(query) { statement throws(SQLiteError) in
        try statement.bind(limit, at: 1)
        return try statement.step() ? statement.integer(at: 0) ?? 0 : 0
      }
    }
    return PrunedRows(
      deliveries: try run(DeliveryLedger.prunable),
      tombstones: try run("SELECT count(*) FROM clerk_sync_versions WHERE deleted < ?1"))
  }
}

/// What is past its retention: how many rows of each kind.
public struct PrunedRows: Equatable, Sendable {
  /// Entries of the ledger.
  public var deliveries: Int64 = 0
  /// Tombstones of deleted users.
  public var tombstones: Int64 = 0

  /// Both.
  public var total: Int64 { deliveries + tombstones }
}
