import SQLite

/// The work of one savepoint.
enum StoreOperation: Sendable {
  /// An event, ordered by `time` in milliseconds since 1970. `change` is nil for an event that is not about a user.
  /// `delivery` is nil for a write that has no ledger entry.
  case event(Event.Change?, time: Int64, delivery: Delivery?, source: ChangeSource)
  /// A ledger entry for a failed delivery, and the address that its event shows to be free.
  case failure(of: Delivery?, reason: String, released: Release?)
  /// A ledger entry for a refused delivery. `time` is the event's, in milliseconds since 1970; nil when it is unknown.
  case refusal(of: Delivery, reason: String, time: Int64?)

  /// The settings that affect the written values.
  struct Context: Sendable {
    let mapping: Mapping
    /// Whether the changes of rows are recorded.
    let recordsChanges: Bool
    /// In days.
    let retention: Int
    let clock: WallClock
  }

  /// Whether this is the event of a delivery, whose warning is logged.
  var isDelivery: Bool {
    if case .event(_, _, _?, _) = self { true } else { false }
  }

  /// Performs the writes. When this throws, the caller has to roll back.
  func perform(in context: Context, on connection: borrowing Connection) throws(SQLiteError) -> Receipt {
    let now = context.clock.now()
    switch self {
    case .event(let change, let time, let delivery, let source):
      var receipt = Receipt(.ignored)
      var applied: VersionTable.Applied?
      if let change {
        applied = try VersionTable.find(change.record.versionKey.text, on: connection)
        let version = Version(time: time, rank: change.operation)
        let isNews = try admits(change.record, version, after: applied, on: connection)
        receipt = Receipt(isNews ? .applied : .stale)
      }
      if let delivery {
        let isFirst = try DeliveryLedger.record(
          delivery, outcome: receipt.outcome.rawValue, error: nil, now: now, on: connection)
        if !isFirst { return Receipt(.duplicate) }
        try Retention.run(
          now: now, days: context.retention, keepsChanges: context.recordsChanges, on: connection)
      }
      if let change, receipt.outcome == .applied {
        let isOutdated = applied?.hasRefused(since: Version(time: time, rank: change.operation)) ?? false
        let origin =
          context.recordsChanges ? ChangeTable.Origin(source: source, messageID: delivery?.id, now: now) : nil
        receipt.warning = try apply(
          change, time: time, now: now, isOutdated: isOutdated, after: applied, origin, in: context,
          on: connection)
        if let released = applied?.released {
          try settleRefusals(of: change, released: isOutdated ? released : nil, on: connection)
        }
      }
      return receipt
    case .failure(let delivery, let reason, let released):
      if let delivery {
        let isPending = try DeliveryLedger.record(
          delivery, outcome: DeliveryLedger.failed, error: reason, now: now, on: connection)
        // Another process has applied it meanwhile.
        if !isPending { return Receipt(.duplicate) }
      }
      if let released { try release(released, now: now, in: context, on: connection) }
      return Receipt(.ignored)
    case .refusal(let delivery, let reason, let time):
      return Receipt(try refuse(delivery, reason: reason, time: time, now: now, on: connection))
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

  /// Records that the address in the user's row is free. A row that has Clerk's id of a listed user is Clerk's, though no
  /// change may have been applied to it yet.
  private func release(
    _ release: Release, now: Int64, in context: Context, on connection: borrowing Connection
  ) throws(SQLiteError) {
    let id = release.objectID
    if release.isListed, try VersionTable.find(id, on: connection)?.isApplied != true,
      let table = context.mapping[.user],
      try !table.read(UserFilter(id: id), after: nil, limit: 1, on: connection).isEmpty
    {
      let listed = Version(time: release.time, rank: .created)
      try VersionTable.record(listed, of: id, now: now, on: connection)
    }
    try VersionTable.release(release, on: connection)
  }

  /// Clears the object's refusals after a change has been applied, unless one of them is newer, at `released`.
  private func settleRefusals(
    of change: Event.Change, released: Int64?, on connection: borrowing Connection
  ) throws(SQLiteError) {
    if let released, change.operation != .deleted {
      try VersionTable.recordRefusal(at: released, of: change.record.id, on: connection)
    } else {
      try DeliveryLedger.clearRefusals(of: change.record.id, on: connection)
    }
  }

  /// Whether the event is to be applied. Beside its object's own version, two things make it obsolete: the deletion of an
  /// object without which this one cannot exist, and a newer membership of the same user in the same organization.
  private func admits(
    _ record: Record, _ version: Version, after applied: VersionTable.Applied?,
    on connection: borrowing Connection
  ) throws(SQLiteError) -> Bool {
    if let applied, !applied.admits(version) { return false }
    if version.rank == .deleted { return true }
    for parent in record.parents {
      if try VersionTable.find(parent, on: connection)?.isDeleted == true { return false }
    }
    let rival = try VersionTable.newestRival(of: record.versionKey, on: connection)
    return rival.map { $0.version < version } ?? true
  }

  /// Returns what there is to log. `isOutdated` says that a newer event has been refused, and `applied` what was applied
  /// before. `origin` is nil unless changes are recorded.
  private func apply(
    _ change: Event.Change, time: Int64, now: Int64, isOutdated: Bool, after applied: VersionTable.Applied?,
    _ origin: ChangeTable.Origin?, in context: Context, on connection: borrowing Connection
  ) throws(SQLiteError) -> String? {
    let record = change.record
    guard let table = context.mapping[record.entity] else { return nil }
    let version = Version(time: time, rank: change.operation)
    if change.operation == .deleted {
      let writes = Deletion(record, version, after: applied, origin, now: now)
      try writes.perform(in: table, of: context.mapping, on: connection)
      return nil
    }
    if let organization = change.organization, let table = context.mapping[.organization] {
      try insert(organization, into: table, origin, now: now, on: connection)
    }
    guard let origin else {
      let written = try table.write(
        record, isNew: change.operation == .created, isOutdated: isOutdated, now: now, on: connection)
      try VersionTable.record(version, of: record.versionKey.text, now: now, on: connection)
      return written.warning
    }
    let rival = try VersionTable.newestRival(of: record.versionKey, on: connection)
    // Times of writing are no changes.
    let differences = try table.differences(from: record, on: connection)
    let written = try table.write(
      record, isNew: change.operation == .created, isOutdated: isOutdated, now: now, on: connection)
    try VersionTable.record(version, of: record.versionKey.text, now: now, on: connection)
    func note(_ operation: Event.Operation, _ id: String) throws(SQLiteError) {
      try ChangeTable.record(operation, of: record.entity, id, from: origin, on: connection)
    }
    if let id = written.released { try note(.updated, id) }
    if let rival, applied?.version ?? .none < rival.version {
      // The row was that of the other membership.
      try note(.deleted, rival.id)
      try note(.created, record.id)
    } else if differences != [] {
      try note(written.madeRow ? .created : .updated, record.id)
    }
    return written.warning
  }

  /// Makes the organization's row if it has none and nothing is known of it. A row that cannot be made is left to the
  /// organization's own event.
  private func insert(
    _ organization: Event.PartialOrganization, into table: TableMapping, _ origin: ChangeTable.Origin?,
    now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) {
    let id = organization.record.id
    if try VersionTable.find(id, on: connection) != nil { return }
    try connection.run("SAVEPOINT organization")
    do throws(SQLiteError) {
      if try table.insert(organization.record, now: now, on: connection) {
        let version = Version(time: organization.version, rank: .created)
        try VersionTable.record(version, of: id, now: now, on: connection)
        if let origin {
          try ChangeTable.record(.created, of: .organization, id, from: origin, on: connection)
        }
      }
    } catch {
      guard error.kind == .constraint, connection.isInTransaction else { throw error }
      try connection.run("ROLLBACK TO organization")
    }
    try connection.run("RELEASE organization")
  }

  /// Returns what to write after `result`; nil after a success, and when it cannot be written either.
  func failure(because result: Result<Receipt, StoreError>) -> StoreOperation? {
    guard case .event(let change, let time, let delivery, _) = self, case .failure(let error) = result,
      !result.isOfTheDatabase
    else { return nil }
    var released: Release?
    // The user has another address now, so that of the row is free for whoever has it at Clerk.
    if case .emailTaken = error, let id = change?.record.id { released = Release(objectID: id, time: time) }
    guard delivery != nil || released != nil else { return nil }
    return .failure(of: delivery, reason: "\(DeliveryError.store(error))", released: released)
  }

  /// Returns the error to throw. A violated unique constraint becomes ``StoreError/emailTaken(by:)`` or
  /// ``StoreError/addressNotClerks(table:)`` when another row has the address. Call this after the rollback.
  func explain(
    _ error: SQLiteError, in context: Context, _ database: Database, on connection: borrowing Connection
  ) -> StoreError {
    if error.isUniqueViolation, case .event(let change?, _, _, _) = self,
      let table = context.mapping[change.record.entity], let address = change.record.address,
      let owner = try? table.owner(of: address, otherThan: change.record.id, on: connection)
    {
      if let id = owner.id, owner.isClerks { return .emailTaken(by: id) }
      return .addressNotClerks(table: table.table.name)
    }
    if error.isOfReference, case .event(let change?, _, _, _) = self {
      let missing = change.record.parents.filter { id in
        (try? VersionTable.find(id, on: connection)?.isApplied) != true
      }
      // The event itself can make the organization's row.
      let isContained = { (id: String) in id == change.organization?.record.id }
      if let id = missing.first(where: { !isContained($0) }) ?? missing.first { return .awaiting(id, error) }
    }
    return .sqlite(error, database: database.path)
  }
}

extension SQLiteError {
  /// Whether a row of another table may be missing.
  fileprivate var isOfReference: Bool { constraint == .notNull || constraint == .foreignKey }
}

/// The result of a write, and what there is to log about it.
package struct Receipt: Equatable, Sendable {
  package let outcome: Outcome
  /// Names ids, never a value of the object.
  package var warning: String?

  init(_ outcome: Outcome) {
    self.outcome = outcome
  }
}

/// An event, or an entry of Clerk's list, that says that the address in an object's row is no longer the object's.
package struct Release: Equatable, Sendable {
  let objectID: String
  /// The event's time at Clerk, or the entry's `updated_at`, in milliseconds since 1970.
  let time: Int64
  /// Whether this is an entry of Clerk's list.
  var isListed = false
}
