import SQLite

extension UserStore {
  /// Compares users at Clerk with what is stored of each, all at one moment; in the order given. Writes nothing.
  public func compare(_ users: [BackendUser]) throws(StoreError) -> [UserComparison] {
    let connection = try database.open()
    return try database.sql { () throws(SQLiteError) in
      try connection.execute("BEGIN")
      var comparisons: [UserComparison] = []
      for user in users { comparisons.append(try Self.compare(user, on: connection)) }
      try connection.execute("COMMIT")
      return comparisons
    }
  }

  private static func compare(
    _ listed: BackendUser, on connection: borrowing Connection
  ) throws(SQLiteError) -> UserComparison {
    let applied = try VersionTable.find(listed.user.id, on: connection)
    if applied?.isDeleted == true { return .deleted }
    guard let row = try UserTable.find(listed.user.id, on: connection) else { return .missing }
    let columns = row.columns(differentFrom: listed.user)
    if columns.isEmpty { return .equal(isRecorded: (applied?.version.time ?? .min) >= listed.updatedAt) }
    let version = Version(time: listed.updatedAt, rank: .updated)
    if let applied, applied.version > version { return .newer }
    return .different(columns: columns)
  }
}

extension User {
  /// The columns of which two users with one id have different values.
  fileprivate func columns(differentFrom other: User) -> [String] {
    let columns: [(String, KeyPath<User, String>)] = [
      ("email", \.email), ("firstName", \.firstName), ("lastName", \.lastName), ("role", \.role),
    ]
    return columns.filter { self[keyPath: $0.1] != other[keyPath: $0.1] }.map(\.0)
  }
}

/// How a user at Clerk and what is stored under the same id compare.
public enum UserComparison: Equatable, Sendable {
  /// The row is as Clerk says; `isRecorded` when it is also known to be no older.
  case equal(isRecorded: Bool)
  /// There is no row.
  case missing
  /// These columns of the row are not as Clerk says.
  case different(columns: [String])
  /// What has been applied to the user since is newer than what Clerk said.
  case newer
  /// The user has been deleted here, for good.
  case deleted
}
