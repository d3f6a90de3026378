import SQLite

extension UserStore {
  /// Compares objects at Clerk with their rows, in one read transaction. Returns the comparisons in the objects' order
  /// and writes nothing.
  public func compare(_ objects: [BackendObject]) throws(StoreError) -> [ObjectComparison] {
    let connection = try database.openForReading()
    return try database.sql(compare(objects, on: connection))
  }

  private func compare(
    _ objects: [BackendObject], on connection: borrowing Connection
  ) throws(SQLiteError) -> [ObjectComparison] {
    try connection.run("BEGIN")
    var comparisons: [ObjectComparison] = []
    for object in objects { comparisons.append(try compare(object, on: connection)) }
    try connection.run("COMMIT")
    return comparisons
  }

  private func compare(
    _ listed: BackendObject, on connection: borrowing Connection
  ) throws(SQLiteError) -> ObjectComparison {
    let record = listed.record
    let applied = try VersionTable.find(record.versionKey.text, on: connection)
    if applied?.isDeleted == true { return .deleted }
    for parent in record.parents {
      if try VersionTable.find(parent, on: connection)?.isDeleted == true { return .deleted }
    }
    let version = Version(time: listed.updatedAt, rank: .updated)
    if let rival = try VersionTable.newestRival(of: record.versionKey, on: connection),
      rival.version >= version
    {
      return .newer
    }
    guard let columns = try mapping[record.entity]?.differences(from: record, on: connection) else {
      return .missing
    }
    if columns.isEmpty { return .equal(isRecorded: (applied?.version.time ?? .min) >= listed.updatedAt) }
    if let applied, applied.version > version { return .newer }
    return .different(columns: columns)
  }
}

/// The difference between an object at Clerk and its row.
public enum ObjectComparison: Equatable, Sendable {
  /// The row equals Clerk's object. `isRecorded` means that the row is also known to be at least as recent.
  case equal(isRecorded: Bool)
  /// There is no row.
  case missing
  /// These columns of the row differ from Clerk's object.
  case different(columns: [String])
  /// The row has had a newer change applied than Clerk's list contains.
  case newer
  /// The object has been deleted here, or one without which it cannot exist. That is final.
  case deleted
}
