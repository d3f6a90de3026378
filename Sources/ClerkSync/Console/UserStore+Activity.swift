import Glibc
import SQLite
import Synchronization

/// The figures that the console and its monitoring read. None of them looks at all rows of a large table, but to count
/// the users now and then.
extension UserStore {
  /// A count of the users, which takes tens of milliseconds for a million.
  struct UserCount {
    let users: Int64
    /// A thousand times as long after it as it took, and a minute at most.
    let end: ContinuousClock.Instant
  }

  /// What has arrived by `now` and in the `hours` before, in hours of UTC or steps of several.
  func activity(
    hours: Int64, now: Int64, process: ProcessStatistics.Figures, queue: QueueStatistics?
  ) throws(StoreError) -> ActivityReport {
    let step: Int64 = hours <= 48 ? 1 : hours <= 336 ? 6 : 24
    let start = (now / DeliveryCounts.hour - hours + 1) / step * step
    return try database.read { connection throws(SQLiteError) in
      let last = try Self.lastDelivery(process, on: connection)
      let positions = try DeliveryLedger.positions(on: connection)
      let lastHour = try DeliveryLedger.position(
        from: now - DeliveryCounts.hour, in: positions, on: connection)
      let lastMinute = try DeliveryLedger.position(from: now - 60_000, in: positions, on: connection)
      return ActivityReport(
        now: now, lastDelivery: last, age: Self.age(of: last, now: now),
        pendingFailures: try connection.integer(DeliveryLedger.failureCount) ?? 0,
        users: try countUsers(on: connection),
        totals: try DeliveryCounts.readTotals(on: connection),
        series: ActivityReport.Series(
          start: start * DeliveryCounts.hour, step: step * DeliveryCounts.hour,
          bars: try DeliveryCounts.readSeries(from: start, step: step, on: connection)),
        rate: ActivityReport.Rate(
          lastMinute: positions.upperBound - lastMinute, lastHour: positions.upperBound - lastHour),
        latency: process.recent.percentiles, queue: queue, sqlite: Library.version,
        journalMode: try connection.journalMode())
    }
  }

  /// `silenceHours` without a delivery is too long.
  func health(
    silenceHours: Int?, now: Int64, process: ProcessStatistics.Figures, queue: QueueStatistics?
  ) throws(StoreError) -> HealthReport {
    try database.read { connection throws(SQLiteError) in
      let last = try Self.lastDelivery(process, on: connection)
      var report = HealthReport(queue: queue)
      report.tell(last: last, since: last ?? 0, silenceHours: silenceHours, now: now)
      report.pendingFailures = try connection.integer(DeliveryLedger.failureCount) ?? 0
      (report.sqlite, report.journalMode) = (Library.version, try connection.journalMode())
      return report
    }
  }

  /// What the metrics tell of the database.
  func totals(
    process: ProcessStatistics.Figures
  ) throws(StoreError) -> (
    deliveries: [Statistics.Count], pendingFailures: Int64, lastDelivery: Int64?, users: Int64
  ) {
    try database.read { connection throws(SQLiteError) in
      (
        try DeliveryCounts.readTotals(on: connection),
        try connection.integer(DeliveryLedger.failureCount) ?? 0,
        try Self.lastDelivery(process, on: connection), try countUsers(on: connection)
      )
    }
  }

  /// The size of the file and of its WAL, in bytes; 0 for one that is not there.
  func fileSizes() -> (database: Int, wal: Int) {
    func size(_ path: String) -> Int {
      var status = stat()
      return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
    return (size(database.path), size(database.path + "-wal"))
  }

  /// When a delivery came last: by the ledger, or later by this process, which also knows of duplicates.
  private static func lastDelivery(
    _ process: ProcessStatistics.Figures, on connection: borrowing Connection
  ) throws(SQLiteError) -> Int64? {
    [try connection.integer(DeliveryLedger.lastAttempt), process.lastDelivery].compactMap(\.self).max()
  }

  /// In seconds; a clock that was turned back makes no age negative.
  private static func age(of time: Int64?, now: Int64) -> Int64? {
    time.map { max(0, now - $0) / 1000 }
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
