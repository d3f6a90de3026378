import SQLite

/// A page of rows, and the place where the next page begins.
package struct Page<Row: Sendable, Place: Sendable>: Sendable {
  package let rows: [Row]
  /// nil on the last page. A page examines a bounded number of rows, so it can have few rows, or none, and still have a
  /// next page.
  package let next: Place?
}

/// The stored data about one user.
package struct UserHistory: Sendable {
  /// The newest applied change.
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

/// Pages of rows for the read API. Each call opens a connection of its own.
extension UserStore {
  /// The number of ledger entries examined in one read, which takes a few milliseconds. Reads are short because a
  /// reader blocks every commit in a rollback journal mode.
  private static let entriesAtATime: Int64 = 10_000
  /// The maximum number of reads for a page.
  private static let readsPerPage = 10

  package func searchUsers(
    _ search: UserSearch, after id: String?, limit: Int
  ) throws(StoreError) -> Page<StoredUser, String> {
    let connection = try database.openForReading()
    guard let table = mapping[.user] else { return Page(rows: [], next: nil) }
    var (users, next): ([StoredUser], String?) = ([], id ?? "")
    for _ in 0..<Self.readsPerPage where users.count < limit {
      guard let last = next else { break }
      let page = try database.sql(
        table.search(search, after: last, limit: limit - users.count, on: connection))
      users += page.rows
      next = page.next
    }
    return Page(rows: users, next: next)
  }

  /// Returns the user's row, newest change and deliveries; nil when neither the tables nor the ledger contain the user.
  package func history(
    of id: String, before position: Int64?, limit: Int
  ) throws(StoreError) -> UserHistory? {
    let connection = try database.openForReading()
    return try database.sql(history(of: id, before: position, limit: limit, on: connection))
  }

  private func history(
    of id: String, before position: Int64?, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> UserHistory? {
    let user = try mapping[.user]?.read(UserFilter(id: id), after: nil, limit: 1, on: connection).first
    let version = try VersionTable.find(id, on: connection)
    let change = version.flatMap { $0.isApplied ? $0 : nil }
    var filter = DeliveryFilter(objectID: id)
    // A user without a row and a version can only have failures, which have an index.
    if user == nil && version == nil { filter.outcome = DeliveryLedger.failed }
    let positions = try DeliveryLedger.positions(on: connection)
    let page = try Self.page(filter, in: positions, before: position, limit: limit, on: connection)
    guard user != nil || version != nil || !page.rows.isEmpty || position != nil else { return nil }
    return UserHistory(
      user: user, change: change.map(UserHistory.Change.init), deliveries: page)
  }

  /// Returns the deliveries before `position`, newest first. `since` and `until` limit the times of the first attempts,
  /// in milliseconds since 1970.
  package func deliveryPage(
    _ filter: DeliveryFilter, since: Int64?, until: Int64?, before position: Int64?, limit: Int
  ) throws(StoreError) -> Page<DeliveryRecord, Int64> {
    let connection = try database.openForReading()
    let positions = try database.sql(Self.positions(since: since, until: until, on: connection))
    return try database.sql(
      Self.page(filter, in: positions, before: position, limit: limit, on: connection))
  }

  private static func positions(
    since: Int64?, until: Int64?, on connection: borrowing Connection
  ) throws(SQLiteError) -> Range<Int64> {
    var positions = try DeliveryLedger.positions(on: connection)
    if let until {
      let end = try DeliveryLedger.position(from: until + 1, in: positions, on: connection)
      positions = positions.clamped(to: .min..<end)
    }
    if let since {
      let start = try DeliveryLedger.position(from: since, in: positions, on: connection)
      positions = start..<positions.upperBound
    }
    return positions
  }

  private static func page(
    _ filter: DeliveryFilter, in positions: Range<Int64>, before position: Int64?, limit: Int,
    on connection: borrowing Connection
  ) throws(SQLiteError) -> Page<DeliveryRecord, Int64> {
    let start = positions.lowerBound
    var (deliveries, end) = ([DeliveryRecord](), min(positions.upperBound, position ?? .max))
    // Failures and refusals have an index, so reading them needs no limit.
    let hasIndex = [DeliveryLedger.failed, DeliveryLedger.refused].contains(filter.outcome)
    let entriesAtATime = hasIndex ? .max : entriesAtATime
    for _ in 0..<readsPerPage where deliveries.count < limit && end > start {
      let floor = end - start > entriesAtATime ? end - entriesAtATime : start
      deliveries += try DeliveryLedger.readNewest(
        filter, before: end, after: floor - 1, limit: limit - deliveries.count, on: connection)
      end = deliveries.count < limit ? floor : deliveries.last?.position ?? floor
    }
    return Page(rows: deliveries, next: end > start ? end : nil)
  }
}
