import SQLite

/// What is known of one user.
struct UserHistory: Encodable, Equatable {
  /// The newest change that has been applied.
  struct Change: Encodable, Equatable {
    /// When it happened at Clerk, in milliseconds since 1970.
    let time: Int64
    /// `created`, `updated` or `deleted`.
    let event: String
    /// When the deletion was applied, in milliseconds since 1970.
    let deleted: Int64?
  }

  let user: StoredUser?
  let version: Change?
  let deliveries: [DeliveryRecord]
  let next: Int64?
}

extension UserHistory.Change {
  /// What ``VersionTable`` has of the user; nil when it has nothing.
  static func find(_ userID: String, on connection: borrowing Connection) throws(SQLiteError) -> Self? {
    try connection.with(VersionTable.lookup) { statement throws(SQLiteError) in
      try statement.bind(userID, at: 1)
      guard try statement.step() else { return nil }
      let rank = statement.integer(at: 1).flatMap(Version.Rank.init) ?? .deleted
      return Self(time: statement.integer(at: 0) ?? 0, event: "\(rank)", deleted: statement.integer(at: 2))
    }
  }
}
