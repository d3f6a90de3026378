import ClerkSync

/// A page of users, in the order of their ids.
struct UserPage: Encodable, Equatable {
  let users: [StoredUser]
  /// Where the next page begins; nil at the end.
  let next: String?

  init(_ page: Page<StoredUser, String>) {
    (users, next) = (page.rows, page.next)
  }
}

/// A page of the ledger, the newest entry first.
struct DeliveryPage: Encodable, Equatable {
  let deliveries: [DeliveryRecord]
  /// Where the next page begins; nil at the end.
  let next: Int64?

  init(_ page: Page<DeliveryRecord, Int64>) {
    (deliveries, next) = (page.rows, page.next)
  }
}

/// One user's row and version, with a page of the user's deliveries.
struct UserReport: Encodable, Equatable {
  struct Change: Encodable, Equatable {
    let time: Int64
    let event: String
    let deleted: Int64?

    init(_ change: UserHistory.Change) {
      (time, event, deleted) = (change.time, change.event, change.deleted)
    }
  }

  let user: StoredUser?
  let version: Change?
  let deliveries: [DeliveryRecord]
  let next: Int64?

  init(_ history: UserHistory) {
    user = history.user
    version = history.change.map(Change.init)
    (deliveries, next) = (history.deliveries.rows, history.deliveries.next)
  }
}
