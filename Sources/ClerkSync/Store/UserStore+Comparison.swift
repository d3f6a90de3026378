import SQLite

extension UserStore {
  /// Compares users at Clerk with the stored users, in one read transaction. Returns the comparisons in the users'
  /// order and writes nothing.
  public func compare(_ users: [BackendUser]) throws(StoreError) -> [UserComparison] {
    let connection = try database.openForReading()
    return try database.sql(compare(users, on: connection))
  }

  private func compare(
    _ users: [BackendUser], on connection: borrowing Connection
  ) throws(SQLiteError) -> [UserComparison] {
    try connection.run("BEGIN")
    var comparisons: [UserComparison] = []
    for user in users { comparisons.append(try compare(user, on: connection)) }
    try connection.run("COMMIT")
    return comparisons
  }

  private func compare(
    _ listed: BackendUser, on connection: borrowing Connection
  ) throws(SQLiteError) -> UserComparison {
    let applied = try VersionTable.find(listed.id, on: connection)
    if applied?.isDeleted == true { return .deleted }
    guard let columns = try mapping[.user]?.differences(from: listed.record, on: connection) else {
      return .missing
    }
    if columns.isEmpty { return .equal(isRecorded: (applied?.version.time ?? .min) >= listed.updatedAt) }
    let version = Version(time: listed.updatedAt, rank: .updated)
    if let applied, applied.version > version { return .newer }
    return .different(columns: columns)
  }
}

/// The difference between a user at Clerk and the stored user with the same id.
public enum UserComparison: Equatable, Sendable {
  /// The row equals Clerk's user. `isRecorded` means that the row is also known to be at least as recent.
  case equal(isRecorded: Bool)
  /// There is no row.
  case missing
  /// These columns of the row differ from Clerk's user.
  case different(columns: [String])
  /// The row has had a newer change applied than Clerk's list contains.
  case newer
  /// The user has been deleted here, which is final.
  case deleted
}
