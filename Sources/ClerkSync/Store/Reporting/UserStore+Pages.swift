import SQLite

/// A page of rows, and the place where the next page begins.
package struct Page<Row: Sendable, Place: Sendable>: Sendable {
  package let rows: [Row]
  /// nil on the last page. A page examines a bounded number of rows, so it can have few rows, or none, and still have a
  /// next page.
  package let next: Place?
}

extension Page {
  /// Reads on from `place` until the page is full, with a bounded number of short reads.
  static func filled<Failure>(
    from place: Place, limit: Int, read: (_ place: Place, _ limit: Int) throws(Failure) -> Page
  ) throws(Failure) -> Page {
    var (rows, next): ([Row], Place?) = ([], place)
    for _ in 0..<UserStore.readsPerPage where rows.count < limit {
      guard let last = next else { break }
      let page = try read(last, limit - rows.count)
      rows += page.rows
      next = page.next
    }
    return Page(rows: rows, next: next)
  }
}

/// The newest change that has been applied to an object.
package struct AppliedChange: Encodable, Equatable, Sendable {
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

/// The stored data about one user or organization.
package struct ObjectHistory<Row: Sendable>: Sendable {
  package let row: Row?
  package let change: AppliedChange?
  /// The user's memberships, or the organization's. The place is to be passed on as it is.
  package let memberships: Page<StoredMembership, Int64>
  package let deliveries: Page<DeliveryRecord, Int64>
}

/// Pages of rows for the read API. Each call opens a connection of its own.
extension UserStore {
  /// The number of ledger entries examined in one read, which takes a few milliseconds. Reads are short because a
  /// reader blocks every commit in a rollback journal mode.
  private static let entriesAtATime: Int64 = 10_000
  /// The maximum number of reads for a page.
  fileprivate static let readsPerPage = 10

  package func searchUsers(
    _ search: UserSearch, after id: String?, limit: Int
  ) throws(StoreError) -> Page<StoredUser, String> {
    let connection = try database.openForReading()
    guard let table = mapping[.user] else { return Page(rows: [], next: nil) }
    return try Page.filled(from: id ?? "", limit: limit) { last, limit throws(StoreError) in
      try database.sql(table.search(search, after: last, limit: limit, on: connection))
    }
  }

  package func searchOrganizations(
    _ search: OrganizationSearch, after id: String?, limit: Int
  ) throws(StoreError) -> Page<StoredOrganization, String> {
    let connection = try database.openForReading()
    guard let table = mapping[.organization] else { return Page(rows: [], next: nil) }
    return try Page.filled(from: id ?? "", limit: limit) { last, limit throws(StoreError) in
      try database.sql(table.search(search, after: last, limit: limit, on: connection))
    }
  }

  /// Returns the memberships of the organization after `place`.
  package func members(
    ofOrganization id: String, after place: Int64?, limit: Int
  ) throws(StoreError) -> Page<StoredMembership, Int64> {
    let connection = try database.openForReading()
    return try database.sql(
      memberships(of: .organization, id, after: place, limit: limit, on: connection))
  }

  private func memberships(
    of entity: Entity, _ id: String, after place: Int64?, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> Page<StoredMembership, Int64> {
    guard let table = mapping[.organizationMembership] else { return Page(rows: [], next: nil) }
    return try table.memberships(of: entity, id, after: place, limit: limit, on: connection)
  }

  /// Returns the user's row, newest change, memberships after `place` and deliveries before `position`; nil when neither
  /// the tables nor the ledger contain the user.
  package func history(
    ofUser id: String, after place: Int64? = nil, before position: Int64?, limit: Int
  ) throws(StoreError) -> ObjectHistory<StoredUser>? {
    let connection = try database.openForReading()
    let user = try database.sql(
      mapping[.user]?.read(UserFilter(id: id), after: nil, limit: 1, on: connection))
    return try database.sql(
      history(of: .user, id, row: user?.first, after: place, before: position, limit: limit, on: connection))
  }

  /// Returns the organization's row, newest change, memberships after `place` and deliveries before `position`; nil when
  /// neither the tables nor the ledger contain the organization.
  package func history(
    ofOrganization id: String, after place: Int64? = nil, before position: Int64?, limit: Int
  ) throws(StoreError) -> ObjectHistory<StoredOrganization>? {
    let connection = try database.openForReading()
    let organization = try database.sql(mapping[.organization]?.readOrganization(id, on: connection))
    return try database.sql(
      history(
        of: .organization, id, row: organization ?? nil, after: place, before: position, limit: limit,
        on: connection))
  }

  private func history<Row: Sendable>(
    of entity: Entity, _ id: String, row: Row?, after place: Int64?, before position: Int64?, limit: Int,
    on connection: borrowing Connection
  ) throws(SQLiteError) -> ObjectHistory<Row>? {
    let version = try VersionTable.find(id, on: connection)
    let change = version.flatMap { $0.isApplied ? $0 : nil }
    var filter = DeliveryFilter(objectID: id)
    // An object without a row and a version can only have failures, which have an index.
    if row == nil && version == nil { filter.outcome = DeliveryLedger.failed }
    let positions = try DeliveryLedger.positions(on: connection)
    let page = try Self.page(filter, in: positions, before: position, limit: limit, on: connection)
    guard row != nil || version != nil || !page.rows.isEmpty || position != nil else { return nil }
    return ObjectHistory(
      row: row, change: change.map(AppliedChange.init),
      memberships: try memberships(of: entity, id, after: place, limit: limit, on: connection),
      deliveries: page)
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
