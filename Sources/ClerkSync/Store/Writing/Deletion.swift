import SQLite

/// The writes of a deletion: the object's row, the rows of the objects that cannot exist without it, and the tombstones.
struct Deletion {
  private let record: Record
  private let version: Version
  private let applied: VersionTable.Applied?
  private let origin: ChangeTable.Origin?
  private let now: Int64

  /// `applied` is what was applied to the object before. `origin` is nil unless changes are recorded. `now` is in
  /// milliseconds since 1970.
  init(
    _ record: Record, _ version: Version, after applied: VersionTable.Applied?,
    _ origin: ChangeTable.Origin?, now: Int64
  ) {
    (self.record, self.version, self.applied) = (record, version, applied)
    (self.origin, self.now) = (origin, now)
  }

  func perform(
    in table: TableMapping, of mapping: Mapping, on connection: borrowing Connection
  ) throws(SQLiteError) {
    // While the row is still there to be looked up.
    for other in mapping.all {
      try other.deleteAll(of: record, now: now, origin, on: connection)
    }
    if case .pair(let pair, let id) = record.versionKey, id == pair {
      return try deleteAll(inPair: pair, in: table, on: connection)
    }
    try VersionTable.record(version, of: record.versionKey.text, now: now, on: connection)
    if let rival = try VersionTable.newestRival(of: record.versionKey, on: connection) {
      // The row is, or becomes, that of another membership of the same user.
      guard let applied, !applied.isDeleted, rival.version < applied.version else { return }
      try note(.deleted, record.id, on: connection)
      return try note(.created, rival.id, on: connection)
    }
    let hadRow = try table.delete(record, now: now, on: connection)
    // A softly deleted row is still there when its deletion is repeated.
    if hadRow, applied?.isDeleted != true { try note(.deleted, record.id, on: connection) }
  }

  /// Deletes the row of the memberships of an organization and a user of which only these are known.
  private func deleteAll(
    inPair pair: String, in table: TableMapping, on connection: borrowing Connection
  ) throws(SQLiteError) {
    let owner = try VersionTable.newestRival(of: record.versionKey, on: connection)
    try VersionTable.recordDeletions(inPair: pair, now: now, on: connection)
    if try table.delete(record, now: now, on: connection) {
      try note(.deleted, owner?.id ?? record.id, on: connection)
    }
  }

  private func note(
    _ operation: Event.Operation, _ id: String, on connection: borrowing Connection
  ) throws(SQLiteError) {
    guard let origin else { return }
    try ChangeTable.record(operation, of: record.entity, id, from: origin, on: connection)
  }
}
