import TestSupport
import Testing

@testable import ClerkSync

@Suite struct MembershipTests {
  private static let time = 1_700_000_000_000

  @Test(arguments: OrganizationDatabase.Key.allCases)
  func `A membership waits for its user, and settles`(key: OrganizationDatabase.Key) throws {
    let database = try OrganizationDatabase(key)
    #expect(throws: StoreError.self) { try database.membership("created", updatedAt: Self.time) }
    do {
      try database.membership("created", updatedAt: Self.time)
    } catch let error as StoreError {
      guard case .awaiting("user_1", _) = error else { throw error }
      #expect(error.description.contains("it refers to user_1, which is not stored yet"))
    }
    #expect(try database.organizations() == [])
    try database.apply(Payload.user(id: "user_1"))
    #expect(try database.membership("created", updatedAt: Self.time) == .applied)
    #expect(try database.memberships() == ["org_1 user_1 org:member"])
  }

  @Test(arguments: OrganizationDatabase.Key.allCases)
  func `A row is known to be Clerk's`(key: OrganizationDatabase.Key) throws {
    let database = try OrganizationDatabase(key)
    try database.apply(Payload.user(id: "user_1"))
    try database.membership("created", updatedAt: Self.time)
    #expect(try database.database.store.inspect().unsynced["memberships"] == 0)
    try database.database.executeText("DELETE FROM clerk_sync_versions")
    #expect(try database.database.store.inspect().unsynced["memberships"] == 1)
  }

  @Test func `A key without a row to refer to is not stored as NULL`() throws {
    let database = try OrganizationDatabase(.pair, reference: "")
    #expect(throws: StoreError.self) { try database.membership("created", updatedAt: Self.time) }
    #expect(try database.database.texts("SELECT count(*) FROM memberships") == ["0"])
  }

  @Test func `A column that may be NULL does not wait`() throws {
    let database = try OrganizationDatabase(reference: "")
    #expect(try database.membership("created", updatedAt: Self.time) == .applied)
    #expect(try database.database.texts("SELECT count(*) FROM memberships WHERE user_id IS NULL") == ["1"])
  }

  @Test(arguments: OrganizationDatabase.Key.allCases)
  func `A deletion is applied although its updated_at is older`(key: OrganizationDatabase.Key) throws {
    let database = try OrganizationDatabase(key)
    try database.apply(Payload.user(id: "user_1"))
    try database.membership("created", updatedAt: Self.time)
    try database.membership("updated", role: "org:admin", updatedAt: Self.time + 10)
    #expect(
      try database.membership("deleted", updatedAt: Self.time - 1000, timestamp: Self.time + 5) == .applied)
    #expect(try database.memberships() == [])
    #expect(try database.membership("updated", updatedAt: Self.time + 20) == .stale)
    #expect(try database.memberships() == [])
  }

  /// A membership that ended, and the one after it, whatever the order in which their events arrive.
  @Test(arguments: 0..<24)
  func `A user who joins again keeps the row of the newer membership`(order: Int) throws {
    let database = try OrganizationDatabase(.pair)
    try database.apply(Payload.user(id: "user_1"))
    var events: [() throws -> Void] = [
      { try database.membership("created", id: "orgmem_1", role: "org:admin", updatedAt: Self.time) },
      { try database.membership("updated", id: "orgmem_1", role: "org:guest", updatedAt: Self.time + 1) },
      {
        try database.membership(
          "deleted", id: "orgmem_1", role: "org:guest", updatedAt: Self.time + 1, timestamp: Self.time + 2)
      },
      { try database.membership("created", id: "orgmem_2", updatedAt: Self.time + 2) },
    ]
    var rest = order
    for count in [4, 3, 2, 1] {
      try events.remove(at: rest % count)()
      rest /= count
    }
    #expect(try database.memberships() == ["org_1 user_1 org:member"])
    try database.membership("deleted", id: "orgmem_2", updatedAt: Self.time + 3)
    #expect(try database.memberships() == [])
  }

  @Test(arguments: OrganizationDatabase.Key.allCases, ["organization", "user"])
  func `The deletion of an organization or a user takes memberships along`(
    key: OrganizationDatabase.Key, parent: String
  ) throws {
    let database = try OrganizationDatabase(key)
    try database.apply(Payload.user(id: "user_1"))
    try database.membership("created", updatedAt: Self.time)
    try database.apply(
      parent == "user" ? Payload.deleted(id: "user_1") : Payload.organizationDeleted(id: "org_1"))
    #expect(try database.database.texts("SELECT count(*) FROM memberships") == ["0"])
    #expect(try database.membership("updated", updatedAt: Self.time + 1) == .stale)
    #expect(try database.membership("created", id: "orgmem_2", updatedAt: Self.time + 1) == .stale)
    #expect(try database.database.texts("SELECT count(*) FROM memberships") == ["0"])
    #expect(try database.membership("deleted", updatedAt: Self.time + 1) == .applied)
  }
}
