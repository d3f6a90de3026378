import SQLite

/// The rows that the console reads, in pages; each call on a connection of its own.
extension UserStore {
  /// How many of the ledger's entries are looked at in one go, which takes a few milliseconds: in a rollback journal's mode
  /// no commit gets past a reader.
  private static let entriesAtATime: Int64 = 10_000
  /// How many times so many users or entries for a page.
  private static let timesAPage = 10

  func searchUsers(_ search: UserSearch, after id: String?, limit: Int) throws(StoreError) -> UserPage {
    try database.read { connection throws(SQLiteError) in
      var (users, next): ([StoredUser], String?) = ([], id ?? "")
      for _ in 0..<Self.timesAPage where users.count < limit {
        guard let last = next else { break }
        let page = try UserTable.search(search, after: last, limit: limit - users.count, on: connection)
        users += page.users.map(inMilliseconds)
        next = page.next
      }
      return UserPage(users: users, next: next)
    }
  }

  /// nil when neither the table nor the ledger has heard of the user.
  func history(of id: String, before position: Int64?, limit: Int) throws(StoreError) -> UserHistory? {
    try database.read { connection throws(SQLiteError) in
      let user = try UserTable.read(UserFilter(id: id), after: nil, limit: 1, on: connection).first
      let version = try UserHistory.Change.find(id, on: connection)
      var filter = DeliveryFilter(userID: id)
      // Of whom there is neither, failures are what can be there, and their index leads to them.
      if user == nil && version == nil { filter.outcome = DeliveryLedger.failed }
      let positions = try DeliveryLedger.positions(on: connection)
      let page = try Self.page(filter, in: positions, before: position, limit: limit, on: connection)
      guard user != nil || version != nil || !page.deliveries.isEmpty || position != nil else { return nil }
      return UserHistory(
        user: user.map(inMilliseconds), version: version, deliveries: page.deliveries, next: page.next)
    }
  }

  /// `since` and `until` are times of the first attempts, in milliseconds since 1970.
  func deliveryPage(
    _ filter: DeliveryFilter, since: Int64?, until: Int64?, before position: Int64?, limit: Int
  ) throws(StoreError) -> DeliveryPage {
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
  ) throws(SQLiteError) -> DeliveryPage {
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
    return DeliveryPage(deliveries: deliveries, next: end > start ? end : nil)
  }

  private func inMilliseconds(_ user: StoredUser) -> StoredUser {
    StoredUser(
      id: user.id, email: user.email, firstName: user.firstName, lastName: user.lastName, role: user.role,
      createdAt: options.timestamps.milliseconds(user.createdAt),
      updatedAt: options.timestamps.milliseconds(user.updatedAt))
  }
}
