import Glibc
import SQLite
import Synchronization

/// How a database stands at one moment.
package struct Condition: Sendable {
  /// When the last attempt at a delivery came, in milliseconds since 1970.
  package let lastAttempt: Int64?
  /// How many deliveries have failed and not succeeded since.
  package let pendingFailures: Int64
  /// `wal`, `delete` and so on (sqlite.org/pragma.html#pragma_journal_mode).
  package let journalMode: String

  fileprivate init(_ connection: borrowing Connection) throws(SQLiteError) {
    lastAttempt = try connection.integer(DeliveryLedger.lastAttempt)
    pendingFailures = try connection.integer(DeliveryLedger.failureCount) ?? 0
    journalMode = try connection.journalMode()
  }
}

/// What a database has taken so far.
package struct Totals: Sendable {
  package let condition: Condition
  /// All deliveries, by outcome and type.
  package let deliveries: [Statistics.Count]
  /// Of a large table as counted up to a minute ago.
  package let users: Int64
}

/// The deliveries of a period and what became of them, in numbers.
package struct Activity: Sendable {
  /// The deliveries of one outcome and type within one step.
  package struct Bar: Sendable {
    /// When the step began, in milliseconds since 1970.
    package let start: Int64
    package let count: Statistics.Count
  }

  package let totals: Totals
  /// When the first step began, in milliseconds since 1970.
  package let start: Int64
  /// In milliseconds.
  package let step: Int64
  package let bars: [Bar]
  /// How many deliveries came first within the last 60 seconds.
  package let lastMinute: Int64
  /// And within the last 3600.
  package let lastHour: Int64
}

/// The figures that the read API and its monitoring give. None of them looks at all rows of a large table, but to count
/// the users now and then.
extension UserStore {
  /// A count of the users, which takes tens of milliseconds for a million.
  struct UserCount {
    let users: Int64
    /// A thousand times as long after it as it took, and a minute at most.
    let end: ContinuousClock.Instant
  }

  /// The version of the linked SQLite, such as 3.51.3.
  package static var sqliteVersion: String { Library.version }

  /// What has arrived by `now` and in the `hours` before, in hours of UTC or steps of several.
  package func activity(hours: Int64, now: Int64) throws(StoreError) -> Activity {
    let step: Int64 = hours <= 48 ? 1 : hours <= 336 ? 6 : 24
    let start = (now / DeliveryCounts.hour - hours + 1) / step * step
    return try database.read { connection throws(SQLiteError) in
      let positions = try DeliveryLedger.positions(on: connection)
      let lastHour = try DeliveryLedger.position(
        from: now - DeliveryCounts.hour, in: positions, on: connection)
      let lastMinute = try DeliveryLedger.position(from: now - 60_000, in: positions, on: connection)
      return Activity(
        totals: try totals(on: connection), start: start * DeliveryCounts.hour,
        step: step * DeliveryCounts.hour,
        bars: try DeliveryCounts.readSeries(from: start, step: step, on: connection),
        lastMinute: positions.upperBound - lastMinute, lastHour: positions.upperBound - lastHour)
    }
  }

  package func totals() throws(StoreError) -> Totals {
    try database.read { connection throws(SQLiteError) in try totals(on: connection) }
  }

  package func condition() throws(StoreError) -> Condition {
    try database.read { connection throws(SQLiteError) in try Condition(connection) }
  }

  /// The size of the file and of its WAL, in bytes; 0 for one that is not there.
  package func fileSizes() -> (database: Int, wal: Int) {
    func size(_ path: String) -> Int {
      var status = stat()
      return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
    return (size(database.path), size(database.path + "-wal"))
  }

  private func totals(on connection: borrowing Connection) throws(SQLiteError) -> Totals {
    Totals(
      condition: try Condition(connection), deliveries: try DeliveryCounts.readTotals(on: connection),
      users: try countUsers(on: connection))
  }

  private func countUsers(on connection: borrowing Connection) throws(SQLiteError) -> Int64 {
    let known = countedUsers.withLock(\.self)
    let start = ContinuousClock.now
    if let known, start < known.end { return known.users }
    let users = try connection.integer(UserTable.count) ?? 0
    let end = ContinuousClock.now
    let counted = UserCount(users: users, end: end + min((end - start) * 1000, .seconds(60)))
    countedUsers.withLock { $0 = counted }
    return users
  }
}
