import Glibc
import SQLite
import Synchronization

/// The state of a database at one moment.
package struct Condition: Sendable {
  /// When the last attempt at a delivery arrived, in milliseconds since 1970.
  package let lastAttempt: Int64?
  /// The number of deliveries that failed and have not succeeded since.
  package let pendingFailures: Int64
  /// The number of deliveries that no retry can mend, and about whose object nothing newer has been applied.
  package let refused: Int64
  /// `wal`, `delete` and so on (sqlite.org/pragma.html#pragma_journal_mode).
  package let journalMode: String
  /// The consumers of the change feed; none if the database does not record changes.
  package let consumers: [ChangeConsumer]
  /// The last comparisons with Clerk; none if there has been no run.
  package let reconciliations: [ReconciliationRecord]

  fileprivate init(_ connection: borrowing Connection, _ mapping: Mapping) throws(SQLiteError) {
    lastAttempt = try connection.integer(DeliveryLedger.lastAttempt)
    pendingFailures = try connection.integer(DeliveryLedger.failureCount) ?? 0
    refused = try connection.integer(DeliveryLedger.refusalCount) ?? 0
    journalMode = try connection.journalMode()
    consumers = try ChangeConsumer.all(on: connection)
    reconciliations = try ReconciliationTable.all(mapping, on: connection)
  }
}

/// The number of rows of the table for one kind of objects.
package struct RowCount: Encodable, Equatable, Sendable {
  package let entity: Entity
  package let rows: Int64
}

/// The totals of a database so far.
package struct Totals: Sendable {
  package let condition: Condition
  /// All deliveries, by outcome and type.
  package let deliveries: [Statistics.Count]
  /// The numbers of objects. For a large table they can be a minute old.
  package let objects: [RowCount]
  /// The number of users.
  package var users: Int64 { objects.first { $0.entity == .user }?.rows ?? 0 }
}

/// The number of deliveries in a period, by outcome.
package struct Activity: Sendable {
  /// The number of deliveries of one outcome and type within one step.
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
  /// The number of deliveries that first arrived within the last 60 seconds.
  package let lastMinute: Int64
  /// The number of deliveries that first arrived within the last 3600 seconds.
  package let lastHour: Int64
}

/// Figures for the read API and for monitoring. None of them examines all rows of a large table, except the occasional
/// count of the objects.
extension UserStore {
  /// A cached count of the objects. It saves tens of milliseconds a call for a million users.
  struct ObjectCounts {
    let counts: [RowCount]
    /// When the counts expire: after a thousand times the time they took, at most a minute.
    let end: ContinuousClock.Instant
  }

  /// The version of the loaded SQLite, such as 3.51.3.
  package static var sqliteVersion: String { Library.version }

  /// Returns the deliveries of the last `hours` hours up to `now`. The steps are hours of UTC, or several hours in a
  /// long period.
  package func activity(hours: Int64, now: Int64) throws(StoreError) -> Activity {
    let connection = try database.openForReading()
    return try database.sql(activity(hours: hours, now: now, on: connection))
  }

  private func activity(
    hours: Int64, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> Activity {
    let step: Int64 = hours <= 48 ? 1 : hours <= 336 ? 6 : 24
    let start = (now / DeliveryCounts.hour - hours + 1) / step * step
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

  package func totals() throws(StoreError) -> Totals {
    let connection = try database.openForReading()
    return try database.sql(totals(on: connection))
  }

  package func condition() throws(StoreError) -> Condition {
    let connection = try database.openForReading()
    return try database.sql(Condition(connection, mapping))
  }

  /// Returns the sizes of the file and its WAL in bytes; 0 for a missing file.
  package func fileSizes() -> (database: Int, wal: Int) {
    func size(_ path: String) -> Int {
      var status = stat()
      return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
    return (size(database.path), size(database.path + "-wal"))
  }

  private func totals(on connection: borrowing Connection) throws(SQLiteError) -> Totals {
    Totals(
      condition: try Condition(connection, mapping),
      deliveries: try DeliveryCounts.readTotals(on: connection),
      objects: try countObjects(on: connection))
  }

  private func countObjects(on connection: borrowing Connection) throws(SQLiteError) -> [RowCount] {
    let known = countedObjects.withLock(\.self)
    let start = ContinuousClock.now
    if let known, start < known.end { return known.counts }
    let counts = try mapping.countRows(on: connection)
    let end = ContinuousClock.now
    let counted = ObjectCounts(counts: counts, end: end + min((end - start) * 1000, .seconds(60)))
    countedObjects.withLock { $0 = counted }
    return counts
  }
}
