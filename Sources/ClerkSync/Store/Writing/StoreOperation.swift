import SQLite

/// The work of one savepoint.
enum StoreOperation: Sendable {
  /// An event, ordered by `time` in milliseconds since 1970. `change` is nil for an event that is not about a user.
  /// `delivery` is nil for the application's own write, which has no ledger entry.
  case event(Event.Change?, time: Int64, delivery: Delivery?)
  /// A ledger entry for a failed delivery.
  case failure(of: Delivery, reason: String)
  /// A ledger entry for a refused delivery. `time` is the event's, in milliseconds since 1970; nil when it is unknown.
  case refusal(of: Delivery, reason: String, time: Int64?)

  /// The settings that affect the written values.
  struct Context: Sendable {
    let timestamps: TimestampUnit
    /// In days.
    let retention: Int
    let clock: WallClock
  }

  /// Performs the writes. When this throws, the caller has to roll back.
  func perform(in context: Context, on connection: borrowing Connection) throws(SQLiteError) -> Outcome {
    let now = context.clock.now()
    switch self {
    case .event(let change, let time, let delivery):
      var outcome = Outcome.ignored
      var applied: VersionTable.Applied?
      if let change {
        applied = try VersionTable.find(change.userID, on: connection)
        let isNews = applied?.admits(Version(time: time, rank: change.rank)) ?? true
        outcome = isNews ? .applied : .stale
      }
      if let delivery {
        let isFirst = try DeliveryLedger.record(
          delivery, outcome: outcome.rawValue, error: nil, now: now, on: connection)
        if !isFirst { return .duplicate }
        try Retention.run(now: now, days: context.retention, on: connection)
      }
      if let change, outcome == .applied {
        try apply(change, time: time, now: now, in: context, on: connection)
        if let released = applied?.released {
          try settleRefusals(of: change, at: time, released: released, on: connection)
        }
      }
      return outcome
    case .failure(let delivery, let reason):
      _ = try DeliveryLedger.record(
        delivery, outcome: DeliveryLedger.failed, error: reason, now: now, on: connection)
      return .ignored
    case .refusal(let delivery, let reason, let time):
      return try refuse(delivery, reason: reason, time: time, now: now, on: connection)
    }
  }

  /// Records a refusal. It is stale from the start when something newer has been applied to the object.
  private func refuse(
    _ delivery: Delivery, reason: String, time: Int64?, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> Outcome {
    var outcome = Outcome.refused
    if let id = delivery.objectID, let time {
      let version = Version(time: time, rank: delivery.type == "user.created" ? .created : .updated)
      let isNews = try VersionTable.find(id, on: connection)?.admits(version) ?? true
      outcome = isNews ? .refused : .stale
    }
    let isNew = try DeliveryLedger.record(
      delivery, outcome: outcome.rawValue, error: outcome == .refused ? reason : nil, now: now, on: connection
    )
    guard isNew else { return .duplicate }
    if outcome == .refused, let id = delivery.objectID, let time {
      try VersionTable.recordRefusal(at: time, of: id, on: connection)
    }
    return outcome
  }

  /// Clears the object's refusals after a change has been applied, unless one of them is newer than the change.
  private func settleRefusals(
    of change: Event.Change, at time: Int64, released: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) {
    if released > time, change.rank != .deleted {
      try VersionTable.recordRefusal(at: released, of: change.userID, on: connection)
    } else {
      try DeliveryLedger.clearRefusals(of: change.userID, on: connection)
    }
  }

  private func apply(
    _ change: Event.Change, time: Int64, now: Int64, in context: Context, on connection: borrowing Connection
  ) throws(SQLiteError) {
    let written = context.timestamps.convert(milliseconds: now)
    switch change {
    case .created(let user): try UserTable.write(user, isNew: true, now: written, on: connection)
    case .updated(let user): try UserTable.write(user, isNew: false, now: written, on: connection)
    case .deleted(let id): try UserTable.delete(id: id, on: connection)
    }
    let version = Version(time: time, rank: change.rank)
    try VersionTable.record(version, of: change.userID, now: now, on: connection)
  }

  /// Returns the ledger entry to write after `result`; nil after a success, and when the entry cannot be written either.
  func failure(because result: Result<Outcome, StoreError>) -> StoreOperation? {
    guard case .event(_, _, let delivery?) = self, case .failure(let error) = result, !result.isOfTheDatabase
    else { return nil }
    return .failure(of: delivery, reason: "\(DeliveryError.store(error))")
  }

  /// Returns the error to throw. A violated unique constraint becomes ``StoreError/emailTaken(by:)`` when another user
  /// has the address. Call this after the rollback.
  func explain(
    _ error: SQLiteError, in database: Database, on connection: borrowing Connection
  ) -> StoreError {
    if error.isUniqueViolation, case .event(let change?, _, _) = self, let user = change.user,
      let owner = try? UserTable.owner(of: user.email, otherThan: user.id, on: connection)
    {
      return .emailTaken(by: owner)
    }
    return .sqlite(error, database: database.path)
  }
}
