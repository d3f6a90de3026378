import SQLite

/// The work of one savepoint.
enum StoreOperation: Sendable {
  /// An event, ordered by `time` in milliseconds since 1970. `change` is nil for an event that is not about a user.
  /// `delivery` is nil for the application's own write, which has no ledger entry.
  case event(Event.Change?, time: Int64, delivery: Delivery?)
  /// A ledger entry for a failed delivery.
  case failure(of: Delivery, reason: String)

  /// The settings that affect the written values.
  struct Context: Sendable {
    let mapping: Mapping
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
      if let change {
        let version = Version(time: time, rank: change.operation)
        let isNews = try VersionTable.admits(version, of: change.record.id, on: connection)
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
      }
      return outcome
    case .failure(let delivery, let reason):
      _ = try DeliveryLedger.record(
        delivery, outcome: DeliveryLedger.failed, error: reason, now: now, on: connection)
      return .ignored
    }
  }

  private func apply(
    _ change: Event.Change, time: Int64, now: Int64, in context: Context, on connection: borrowing Connection
  ) throws(SQLiteError) {
    let record = change.record
    guard let table = context.mapping[record.entity] else { return }
    if change.operation == .deleted {
      try table.delete(record, now: now, on: connection)
    } else {
      try table.write(record, isNew: change.operation == .created, now: now, on: connection)
    }
    let version = Version(time: time, rank: change.operation)
    try VersionTable.record(version, of: record.id, now: now, on: connection)
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
    _ error: SQLiteError, in context: Context, _ database: Database, on connection: borrowing Connection
  ) -> StoreError {
    if error.isUniqueViolation, case .event(let change?, _, _) = self,
      let table = context.mapping[change.record.entity], let address = change.record.address,
      let owner = try? table.owner(of: address, otherThan: change.record.id, on: connection)
    {
      return .emailTaken(by: owner.id ?? "")
    }
    return .sqlite(error, database: database.path)
  }
}
