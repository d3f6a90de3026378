import SQLite

/// The rows that the console reads, in pages; each call on a connection of its own.
extension UserStore {
  /// How many of the ledger's entries one page looks at.
  private static let entriesAtATime: Int64 = 10_000

  func searchUsers(_ search: UserSearch, after id: String?, limit: Int) throws(StoreError) -> UserPage {
    let page = try database.read { connection throws(SQLiteError) in
      try UserTable.search(search, after: id ?? "", limit: limit, on: connection)
    }
    return UserPage(users: page.users.map(inMilliseconds), next: page.next)
  }

  /// nil when neither the table nor the ledger has heard of the user.
  func history(of id: String, before position: Int64?, limit: Int) throws(StoreError) -> UserHistory? {
    let (user, version, page) = try database.read { connection throws(SQLiteError) in
      (
        try UserTable.read(UserFilter(id: id), after: nil, limit: 1, on: connection).first,
        try UserHistory.Change.find(id, on: connection),
        try Self.page(DeliveryFilter(userID: id), before: position, limit: limit, on: connection)
      )
    }
    guard user != nil || version != nil || !page.deliveries.isEmpty || position != nil else { return nil }
    return UserHistory(
      user: user.map(inMilliseconds), version: version, deliveries: page.deliveries, next: page.next)
  }

  /// `period` is that of the first attempts, in milliseconds since 1970.
  func deliveryPage(
    _ filter: DeliveryFilter, in period: ClosedRange<Int64>?, before position: Int64?, limit: Int
  ) throws(StoreError) -> DeliveryPage {
    try database.read { connection throws(SQLiteError) in
      try Self.page(filter, in: period, before: position, limit: limit, on: connection)
    }
  }

  private static func page(
    _ filter: DeliveryFilter, in period: ClosedRange<Int64>? = nil, before position: Int64?, limit: Int,
    on connection: borrowing Connection
  ) throws(SQLiteError) -> DeliveryPage {
    var positions = try DeliveryLedger.positions(on: connection)
    if let position { positions = positions.clamped(to: .min..<position) }
    if let period {
      let first = try DeliveryLedger.position(from: period.lowerBound, in: positions, on: connection)
      let end = try DeliveryLedger.position(from: period.upperBound + 1, in: positions, on: connection)
      positions = first..<max(first, end)
    }
    // Where an index leads to the entries, no others are looked at.
    let isIndexed = filter.userID != nil || filter.outcome == DeliveryLedger.failed
    let floor =
      isIndexed ? positions.lowerBound : max(positions.lowerBound, positions.upperBound - entriesAtATime)
    let deliveries = try DeliveryLedger.readNewest(
      filter, before: positions.upperBound, after: floor - 1, limit: limit, on: connection)
    let rest = deliveries.count < limit ? floor : deliveries.last?.position ?? floor
    return DeliveryPage(deliveries: deliveries, next: rest > positions.lowerBound ? rest : nil)
  }

  private func inMilliseconds(_ user: StoredUser) -> StoredUser {
    StoredUser(
      id: user.id, email: user.email, firstName: user.firstName, lastName: user.lastName, role: user.role,
      createdAt: options.timestamps.milliseconds(user.createdAt),
      updatedAt: options.timestamps.milliseconds(user.updatedAt))
  }
}
