import SQLite

/// What one transaction, or one savepoint in a shared one, is to do.
enum Write: Sendable {
  /// A change to a user, ordered by `time` in milliseconds since 1970, or none, for an event about something
  /// else. Without a delivery it is the application's own and has no entry in the ledger.
  case event(Event.Change?, time: Int64, delivery: Delivery?)
  /// An entry for a delivery that failed.
  case failure(of: Delivery, reason: String)

  /// The settings that shape what is written.
  struct Context: Sendable {
    let timestamps: TimestampUnit
    /// Days.
    let retention: Int
    let clock: WallClock
  }

  /// Compiles what the write will most likely run.
  func compile(on connection: borrowing Connection) throws(SQLiteError) {
    try connection.compile(Standing.query)
    if case .event(let change?, _, _) = self {
      try connection.compile(change.user == nil ? UserTable.deletion : UserTable.upsert)
      try connection.compile(VersionTable.entry)
    }
    try connection.compile(DeliveryLedger.entry)
  }

  /// Writes all of it, or throws and leaves it to the caller to roll back.
  func perform(in context: Context, on connection: borrowing Connection) throws(SQLiteError) -> Outcome {
    let now = context.clock.now()
    switch self {
    case .event(let change, let time, let delivery):
      let standing = try Standing(before: delivery?.id, of: change?.userID, on: connection)
      if standing.isFinal { return .duplicate }
      let outcome = try apply(change, time: time, to: standing, now: now, in: context, on: connection)
      if let delivery {
        try DeliveryLedger.record(delivery, outcome: outcome.rawValue, error: nil, now: now, on: connection)
      }
      let limit = now - Int64(context.retention) * 86_400_000
      if let oldest = standing.oldestEntry, oldest < limit {
        try Retention.run(DeliveryLedger.purge, before: limit, on: connection)
      }
      if let oldest = standing.oldestTombstone, oldest < limit {
        try Retention.run(VersionTable.purge, before: limit, on: connection)
      }
      return outcome
    case .failure(let delivery, let reason):
      // Refuses the tables of a newer program.
      _ = try Standing(before: delivery.id, of: nil, on: connection)
      try DeliveryLedger.record(
        delivery, outcome: DeliveryLedger.failed, error: reason, now: now, on: connection)
      return .ignored
    }
  }

  private func apply(
    _ change: Event.Change?, time: Int64, to standing: Standing, now: Int64, in context: Context,
    on connection: borrowing Connection
  ) throws(SQLiteError) -> Outcome {
    guard let change else { return .ignored }
    let version = Version(time: time, rank: change.rank)
    guard standing.admits(version) else { return .stale }
    switch change {
    case .created(let user), .updated(let user):
      try UserTable.upsert(user, now: context.timestamps.convert(milliseconds: now), on: connection)
    case .deleted(let id):
      try UserTable.delete(id: id, on: connection)
    }
    try VersionTable.record(version, of: change.userID, now: now, on: connection)
    return .applied
  }

  /// What an error means, once it has been rolled back: an address that must be unique stands in someone's row.
  func explain(_ error: SQLiteError, in database: Database, on connection: borrowing Connection) -> StoreError
  {
    if error.isUniqueViolation, case .event(let change?, _, _) = self, let user = change.user,
      let owner = try? UserTable.owner(of: user.email, otherThan: user.id, on: connection)
    {
      return .emailTaken(by: owner)
    }
    return .sqlite(error, database: database.path)
  }
}
