import ClerkSync

/// What arrives in the ledger from its making on, and what changes there.
///
/// It has a connection for each look: so it sees a database that takes the place of another, and in between neither
/// holds a WAL back nor stands in the way of a change of the journal mode.
struct DeliveryFollower {
  private let store: UserStore
  private let filter: DeliveryFilter
  private var position: Int64
  /// The attempts at each delivery that has failed, by position: only those can change.
  private var failed: [Int64: Int] = [:]

  /// Begins after what the ledger holds now. Throws ``StoreError``.
  init(_ store: UserStore, _ filter: DeliveryFilter) throws {
    self.store = store
    self.filter = filter
    position = try store.newestPosition()
    var failures = filter
    (failures.outcome, failures.since) = (DeliveryFilter.failed.outcome, nil)
    try Pages.walk { delivery, count in
      try store.deliveries(failures, after: delivery?.position ?? 0, limit: count)
    } body: { page in
      watch(page)
    }
  }

  /// Where what has not been told of begins.
  var nextPosition: Int64 { position + 1 }

  /// What has come or changed since the last call, the oldest first. Throws ``StoreError``.
  mutating func next() throws -> [DeliveryRecord] {
    let newest = try store.newestPosition()
    // The ledger has been emptied, and its positions begin anew.
    if newest < position { (position, failed) = (0, [:]) }

    let before = failed
    let watched = try store.deliveries(at: failed.keys.sorted())
    failed = [:]
    watch(watched)
    var news = watched.filter { delivery in
      before[delivery.position] != delivery.attempts
        && (filter.outcome == nil || filter.outcome == delivery.outcome)
    }
    try Pages.walk { delivery, count in
      try store.deliveries(filter, after: delivery?.position ?? position, limit: count)
    } body: { page in
      watch(page)
      news += page
    }
    position = max(newest, news.last?.position ?? 0)
    return news
  }

  private mutating func watch(_ deliveries: [DeliveryRecord]) {
    for delivery in deliveries where delivery.isFailed { failed[delivery.position] = delivery.attempts }
  }
}
