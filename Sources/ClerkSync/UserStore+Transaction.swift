import SQLite

extension UserStore {
  /// The one transaction of a delivery: ledger, order, the user's row, and what has been applied.
  ///
  /// `time` orders the change among others of its user, in milliseconds since 1970. Without a `delivery`,
  /// the change is the application's own and has no entry in the ledger.
  func write(
    _ change: Event.Change?, time: Int64, delivery: Delivery? = nil
  ) throws(StoreError) -> Outcome {
    try database.write { connection throws(StoreError) in
      try prepareSchema(connection)
      do throws(SQLiteError) {
        return try connection.transaction { () throws(SQLiteError) in
          if let delivery, try DeliveryLedger.isFinal(delivery.id, on: connection) { return .duplicate }
          let now = clock.now()
          let outcome = try apply(change, time: time, now: now, on: connection)
          if let delivery {
            try DeliveryLedger.record(
              delivery, outcome: outcome.rawValue, error: nil, now: now, on: connection)
          }
          try purge(now: now, on: connection)
          return outcome
        }
      } catch {
        throw explain(error, change, connection)
      }
    }
  }

  /// Creates the tables that are missing, and refuses those of a newer program.
  func prepareSchema(_ connection: borrowing Connection) throws(StoreError) {
    let found = try database.sql { () throws(SQLiteError) in try SyncSchema.prepare(on: connection) }
    guard found <= SyncSchema.version else { throw .newerSchema(found: found, database: database.path) }
  }

  private func apply(
    _ change: Event.Change?, time: Int64, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> Outcome {
    guard let change else { return .ignored }
    let version = Version(time: time, rank: change.rank)
    guard try VersionTable.admits(version, of: change.userID, on: connection) else { return .stale }
    switch change {
    case .created(let user), .updated(let user):
      try UserTable.upsert(user, now: options.timestamps.convert(milliseconds: now), on: connection)
    case .deleted(let id):
      try UserTable.delete(id: id, on: connection)
    }
    try VersionTable.record(version, of: change.userID, now: now, on: connection)
    return .applied
  }

  /// A few of the expired rows go with each write, so that nobody has to run a purge.
  private func purge(now: Int64, on connection: borrowing Connection) throws(SQLiteError) {
    let limit = now - Int64(options.retention) * 86_400_000
    try DeliveryLedger.purge(before: limit, on: connection)
    try VersionTable.purge(before: limit, on: connection)
  }

  /// Finds, after the rollback, whose row an address that must be unique stands in.
  private func explain(
    _ error: SQLiteError, _ change: Event.Change?, _ connection: borrowing Connection
  ) -> StoreError {
    if error.isUniqueViolation, let user = change?.user,
      let owner = try? UserTable.owner(of: user.email, otherThan: user.id, on: connection)
    {
      return .emailTaken(by: owner)
    }
    return .sqlite(error, database: database.path)
  }
}
