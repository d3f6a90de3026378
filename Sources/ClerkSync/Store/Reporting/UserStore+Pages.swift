import SQLite

/// Some rows in their order, and where the next ones begin.
package struct Page<Row: Sendable, Place: Sendable>: Sendable {
  package let rows: [Row]
  /// nil at the end. Rows are looked at a bounded number at a time, so that a page may hold few of them, or none, and
  /// have a next one all the same.
  package let next: Place?
}

/// What is known of one user.
package struct UserHistory: Sendable {
  /// The newest change that has been applied.
  package struct Change: Sendable {
    /// When it happened at Clerk, in milliseconds since 1970.
    package let time: Int64
    /// `created`, `updated` or `deleted`.
    package let event: String
    /// When the deletion was applied, in milliseconds since 1970.
    package let deleted: Int64?

    init(_ applied: VersionTable.Applied) {
      time = applied.version.time
      event = "\(applied.version.rank)"
      deleted = applied.deleted
    }
  }

  package let user: StoredUser?
  package let change: Change?
  package let deliveries: Page<DeliveryRecord, Int64>
}

/// The rows that the read API gives, in pages; each call on a connection of its own.
extension UserStore {
  /// How many of the ledger's entries are looked at in one go, which takes a few milliseconds: in a rollback journal's mode
  /// no commit gets past a reader.
  private static let entriesAtATime: Int64 = 10_000
  /// How many times so many users or entries for a page.
  private static let timesAPage = 10

  package func searchUsers(
    _ search: UserSearch, after id: String?, limit: Int
  ) throws(StoreError) -> Page<StoredUser, String> {
    try database.read { connection throws(SQLiteError) in
      var (users, next): ([StoredUser], String?) = ([], id ?? "")
      for _ in 0..<Self.timesAPage where users.count < limit {
        guard let last = next else { break }
        let page = try UserTable.search(search, after: last, limit: limit - users.count, on: connection)
        users += page.rows.map(inMilliseconds)
        next = page.next
      }
      return Page(rows: users, next: next)
    }
  }

  /// nil when neither the table nor the ledger has heard of the user.
  package func history(of id: String, before position: Int64?, limit: Int) throws(StoreError) -> UserHistory?
  {
    try database.read { connection throws(SQLiteError) in
      let user = try UserTable.read(UserFilter(id: id), after: nil, limit: 1, on: connection).first
      let change = try VersionTable.find(id, on: connection)
      var filter = DeliveryFilter(userID: id)
      // Of whom there is neither, failures are what can be there, and their index leads to them.
      if user == nil && change == nil { filter.outcome = DeliveryLedger.failed }
      let positions = try DeliveryLedger.positions(on: connection)
      let page = try Self.page(filter, in: positions, before: position, limit: limit, on: connection)
      guard user != nil || change != nil || !page.rows.isEmpty || position != nil else { return nil }
      return UserHistory(
        user: user.map(inMilliseconds), change: change.map(UserHistory.Change.init), deliveries: page)
    }
  }

  /// `since` and `until` are times of the first attempts, in milliseconds since 1970.
  package func deliveryPage(
    _ filter: DeliveryFilter, since: Int64?, until: Int64?, before position: Int64?, limit: Int
  ) throws(StoreError) -> Page<DeliveryRecord, Int64> {
    try database.read { connection throws(SQLiteError) in
      var positions = try DeliveryLedger.positions(on: connection)
      if let until {
        let end = try DeliveryLedger.position(from: until + 1, in: positions, on: connection)
        positions = positions.clamped(to: .min..<end)
      }
      if let since {
        let start = try DeliveryLedger.position(from: since, in: positions, on: connection)
        positions = start..<positions.upperBound
      }
      return try Self.page(filter, in: positions, before: position, limit: limit, on: connection)
    }
  }

  private static func page(
    _ filter: DeliveryFilter, in positions: Range<Int64>, before position: Int64?, limit: Int,
    on connection: borrowing Connection
  ) throws(SQLiteError) -> Page<DeliveryRecord, Int64> {
    let start = positions.lowerBound
    var (deliveries, end) = ([DeliveryRecord](), min(positions.upperBound, position ?? .max))
    // The index leads to the failures alone.
    let entriesAtATime = filter.outcome == DeliveryLedger.failed ? .max : entriesAtATime
    for _ in 0..<timesAPage where deliveries.count < limit && end > start {
      let floor = end - start > entriesAtATime ? end - entriesAtATime : start
      deliveries += try DeliveryLedger.readNewest(
        filter, before: end, after: floor - 1, limit: limit - deliveries.count, on: connection)
      end = deliveries.count < limit ? floor : deliveries.last?.position ?? floor
    }
    return Page(rows: deliveries, next: end > start ? end : nil)
  }

  private func inMilliseconds(_ user: StoredUser) -> StoredUser {
    StoredUser(
      id: user.id, email: user.email, firstName: user.firstName, lastName: user.lastName, role: user.role,
      createdAt: options.timestamps.milliseconds(user.createdAt),
      updatedAt: options.timestamps.milliseconds(user.updatedAt))
  }
}
