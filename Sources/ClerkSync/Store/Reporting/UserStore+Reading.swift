import SQLite

/// Reads for an operator and for web pages.
///
/// Reads never create a database and never take the write lock. Long results come in pages, each after the last row of
/// the page before.
///
/// Every read throws ``StoreError/missing(database:)`` for a missing database and ``StoreError/notPrepared(database:)``
/// for one that lacks tables.
extension UserStore {
  /// Returns up to `limit` users after `id`, in the order of their ids.
  ///
  /// Ids and addresses are found by an index. A role alone is found by a scan.
  public func users(
    _ filter: UserFilter = UserFilter(), after id: String? = nil, limit: Int
  ) throws(StoreError) -> [StoredUser] {
    let connection = try database.openForReading()
    let users = try database.sql(mapping[.user]?.read(filter, after: id, limit: limit, on: connection))
    return (users ?? []).map { $0.storedIn(options.timestamps) }
  }

  /// Returns the number of users.
  public func userCount() throws(StoreError) -> Int64 {
    let connection = try database.openForReading()
    return try database.sql(mapping.countUsers(on: connection))
  }

  /// Returns the number of rows of each mapped table.
  package func rowCounts() throws(StoreError) -> [(table: String, rows: Int64)] {
    let connection = try database.openForReading()
    var counts: [(table: String, rows: Int64)] = []
    for table in mapping.all {
      counts.append((table.table.name, try database.sql(connection.integer(table.count)) ?? 0))
    }
    return counts
  }

  /// Returns up to `limit` deliveries before `position`, newest first. Without a position it returns the last ones.
  public func deliveries(
    _ filter: DeliveryFilter = DeliveryFilter(), before position: Int64? = nil, limit: Int
  ) throws(StoreError) -> [DeliveryRecord] {
    let connection = try database.openForReading()
    return try database.sql(
      DeliveryLedger.readNewest(filter, before: position ?? .max, limit: limit, on: connection))
  }

  /// Returns up to `limit` deliveries after `position`, oldest first.
  public func deliveries(
    _ filter: DeliveryFilter = DeliveryFilter(), after position: Int64, limit: Int
  ) throws(StoreError) -> [DeliveryRecord] {
    let connection = try database.openForReading()
    return try database.sql(DeliveryLedger.readOldest(filter, after: position, limit: limit, on: connection))
  }

  /// Returns the deliveries at the positions, in the positions' order. A position without a delivery is skipped.
  public func deliveries(at positions: [Int64]) throws(StoreError) -> [DeliveryRecord] {
    let connection = try database.openForReading()
    return try database.sql(DeliveryLedger.read(at: positions, on: connection))
  }

  /// Returns the position of the last delivery; 0 when there is none.
  public func newestPosition() throws(StoreError) -> Int64 {
    let connection = try database.openForReading()
    return try database.sql(connection.integer(DeliveryLedger.newest)) ?? 0
  }

  /// Counts every row, which takes about a second for a million deliveries.
  public func statistics() throws(StoreError) -> Statistics {
    let connection = try database.openForReading()
    return try database.sql(Statistics(connection, mapping))
  }
}
