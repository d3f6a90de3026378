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

/// A page of organizations, in the order of their ids.
struct OrganizationPage: Encodable, Equatable {
  let organizations: [StoredOrganization]
  /// Where the next page begins; nil at the end.
  let next: String?

  init(_ page: Page<StoredOrganization, String>) {
    (organizations, next) = (page.rows, page.next)
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

/// One user's row and version, with pages of the user's memberships and deliveries.
struct UserReport: Encodable, Equatable {
  let user: StoredUser?
  let version: AppliedChange?
  let memberships: [StoredMembership]
  let nextMembership: Int64?
  let deliveries: [DeliveryRecord]
  let next: Int64?

  init(_ history: ObjectHistory<StoredUser>) {
    (user, version) = (history.row, history.change)
    (memberships, nextMembership) = (history.memberships.rows, history.memberships.next)
    (deliveries, next) = (history.deliveries.rows, history.deliveries.next)
  }
}

/// One organization's row and version, with pages of its members and deliveries.
struct OrganizationReport: Encodable, Equatable {
  let organization: StoredOrganization?
  let version: AppliedChange?
  let members: [StoredMembership]
  let nextMember: Int64?
  let deliveries: [DeliveryRecord]
  let next: Int64?

  init(_ history: ObjectHistory<StoredOrganization>) {
    (organization, version) = (history.row, history.change)
    (members, nextMember) = (history.memberships.rows, history.memberships.next)
    (deliveries, next) = (history.deliveries.rows, history.deliveries.next)
  }
}
