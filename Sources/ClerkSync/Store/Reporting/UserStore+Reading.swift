import SQLite

/// Reading, for an operator and for pages on the web. Nothing here creates a database, waits for a writer's lock or
/// takes it, and all that can be long comes in pages, each from after the last row of the one before.
///
/// Everything here throws ``StoreError/missing(database:)`` and ``StoreError/notPrepared(database:)`` for a database that
/// is yet to be made.
extension UserStore {
  /// Up to `limit` users in the order of their ids, from the one after `id` on.
  ///
  /// An id and an address are looked up; a role alone is looked for in user after user.
  public func users(
    _ filter: UserFilter = UserFilter(), after id: String? = nil, limit: Int
  ) throws(StoreError) -> [StoredUser] {
    try database.read { connection throws(SQLiteError) in
      try UserTable.read(filter, after: id, limit: limit, on: connection)
    }
  }

  /// How many users there are.
  public func userCount() throws(StoreError) -> Int64 {
    try database.read { connection throws(SQLiteError) in try connection.integer(UserTable.count) ?? 0 }
  }

  /// Up to `limit` deliveries before `position`, or the last ones, the newest first.
  public func deliveries(
    _ filter: DeliveryFilter = DeliveryFilter(), before position: Int64? = nil, limit: Int
  ) throws(StoreError) -> [DeliveryRecord] {
    try database.read { connection throws(SQLiteError) in
      try DeliveryLedger.readNewest(filter, before: position ?? .max, limit: limit, on: connection)
    }
  }

  /// Up to `limit` deliveries after `position`, the oldest first.
  public func deliveries(
    _ filter: DeliveryFilter = DeliveryFilter(), after position: Int64, limit: Int
  ) throws(StoreError) -> [DeliveryRecord] {
    try database.read { connection throws(SQLiteError) in
      try DeliveryLedger.readOldest(filter, after: position, limit: limit, on: connection)
    }
  }

  /// The deliveries at those of the positions that have one, in their order.
  public func deliveries(at positions: [Int64]) throws(StoreError) -> [DeliveryRecord] {
    try database.read { connection throws(SQLiteError) in
      try DeliveryLedger.read(at: positions, on: connection)
    }
  }

  /// The position of the delivery that came last; 0 when there is none.
  public func newestPosition() throws(StoreError) -> Int64 {
    try database.read { connection throws(SQLiteError) in try connection.integer(DeliveryLedger.newest) ?? 0 }
  }

  /// Counts everything, which takes about a second for a million deliveries.
  public func statistics() throws(StoreError) -> Statistics {
    try database.read { connection throws(SQLiteError) in try Statistics(connection) }
  }
}
