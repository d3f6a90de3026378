import TestSupport
import Testing

@testable import ClerkSync

@Suite struct OrganizationTests {
  private static let time = 1_700_000_000_000

  @Test func `The organization in a membership's event makes a missing row`() throws {
    let database = try OrganizationDatabase()
    try database.apply(Payload.user(id: "user_1"))
    let partial = Payload.organization(id: "org_1", name: "Partial", updatedAt: Self.time)
    try database.membership("created", organization: partial, updatedAt: Self.time + 100)
    #expect(try database.organizations() == ["org_1 Partial"])
    #expect(try database.organization("updated", name: "Older", updatedAt: Self.time - 1) == .stale)
    #expect(try database.organization("created", name: "Own", updatedAt: Self.time) == .applied)
    #expect(try database.organizations() == ["org_1 Own"])
  }

  @Test func `It never overwrites a row`() throws {
    let database = try OrganizationDatabase()
    try database.apply(Payload.user(id: "user_1"))
    try database.organization("created", name: "Own", updatedAt: Self.time)
    let newer = Payload.organization(id: "org_1", name: "Partial", updatedAt: Self.time + 50)
    try database.membership("created", organization: newer, updatedAt: Self.time + 100)
    #expect(try database.organizations() == ["org_1 Own"])
    #expect(try database.organization("updated", name: "Newer", updatedAt: Self.time + 40) == .applied)
  }

  @Test func `It does not overwrite a row from before clerk-sync either`() throws {
    let database = try OrganizationDatabase()
    try database.apply(Payload.user(id: "user_1"))
    try database.database.executeText("INSERT INTO organizations (clerk_id, name) VALUES ('org_1', 'Old')")
    try database.membership("created", updatedAt: Self.time)
    #expect(try database.organizations() == ["org_1 Old"])
    #expect(try database.organization("created", name: "Own", updatedAt: Self.time - 100) == .applied)
  }

  @Test func `One that cannot be a row is left to its own event`() throws {
    let database = try OrganizationDatabase()
    try database.apply(Payload.user(id: "user_1"))
    try database.database.executeText("INSERT INTO organizations (name, slug) VALUES ('Own', 'acme')")
    let taken = Payload.organization(id: "org_1", slug: "acme")
    do {
      try database.membership("created", organization: taken, updatedAt: Self.time)
      Issue.record("stored")
    } catch let error as StoreError {
      guard case .awaiting("org_1", _) = error else { throw error }
    }
    try database.database.executeText(
      "UPDATE organizations SET slug = NULL")
    #expect(try database.membership("created", organization: taken, updatedAt: Self.time) == .applied)
    #expect(try database.memberships() == ["org_1 user_1 org:member"])
  }

  @Test func `A deleted organization stays deleted`() throws {
    let database = try OrganizationDatabase()
    try database.organization("created", slug: "acme", updatedAt: Self.time)
    #expect(try database.apply(Payload.organizationDeleted(id: "org_1", timestamp: Self.time)) == .applied)
    #expect(try database.organization("updated", updatedAt: Self.time + 10) == .stale)
    #expect(try database.organizations() == [])
  }

  @Test func `An invitation is stored without its URL`() throws {
    let database = try OrganizationDatabase()
    for (operation, status) in [("created", "pending"), ("accepted", "accepted"), ("revoked", "revoked")] {
      let data = Payload.invitation(
        id: "orginv_1", organization: "org_1", status: status, updatedAt: Self.time + status.count)
      let event = Payload.event("organizationInvitation.\(operation)", data: data, timestamp: Self.time)
      #expect(try database.apply(event) == (operation == "revoked" ? .stale : .applied))
    }
    #expect(
      try database.database.texts("SELECT email || ' ' || status FROM invitations")
        == ["new@example.org accepted"])
    let data = try #require(try database.database.texts("SELECT data FROM invitations").first ?? nil)
    #expect(data.contains(#""organization_id":"org_1""#))
    #expect(!data.contains("secret-ticket"))
    try database.apply(Payload.organizationDeleted(id: "org_1"))
    let late = Payload.invitation(id: "orginv_2", organization: "org_1")
    #expect(
      try database.apply(Payload.event("organizationInvitation.created", data: late, timestamp: Self.time))
        == .stale)
  }
}
