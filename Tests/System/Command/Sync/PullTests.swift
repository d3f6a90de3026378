import Foundation
import TestSupport
import Testing

@Suite(.programs) struct PullTests {
  @Test(arguments: OrganizationSite.Key.allCases)
  func `Each kind of object is written, parents first, and again left unchanged`(key: OrganizationSite.Key)
    throws
  {
    let site = try OrganizationSite(key, users: 5, organizations: 3, memberships: 12, invitations: 3)
    let ids = [
      "orgmem_0000007", "org_0002/user_0000001", "orginv_0001", "org_0001", "org_0002", "user_0000002",
      "user_0000001",
    ]
    for result in ["created", "unchanged"] {
      let command = try site.site.run("pull", options: ids)
      #expect(command.status == 0, "\(command.output)\(command.errors)")
      #expect(command.lines == ids.map { "\($0)  \(result)" })
    }
    #expect(try site.differences(without: Set(0..<12).subtracting([7, 11])).isEmpty)
    #expect(try site.database.rows("SELECT clerk_id FROM invitations") == [["orginv_0001"]])
    // The first run searched the list of all memberships. The second one knew the row, or the version of the pair.
    #expect(site.clerk.requests.count { $0.hasPrefix("/v1/organization_memberships?order_by") } == 1)
  }

  @Test(arguments: OrganizationSite.Key.allCases)
  func `An object that Clerk does not have is deleted`(key: OrganizationSite.Key) throws {
    let site = try OrganizationSite(
      key, users: 5, organizations: 4, memberships: 20, invitations: 3, isFilled: true)
    site.delete("orgmem_0000007", "orgmem_0000008", "org_0002", "user_0000004", "orginv_0001")
    let ids = [
      "orgmem_0000007", "org_0001/user_0000003", "org_0002", "user_0000004", "orginv_0001",
    ]
    let command = try site.site.run("pull", options: ids)
    #expect(command.status == 0, "\(command.errors)")
    #expect(command.lines == ids.map { "\($0)  deleted, Clerk does not have it" })
    let gone = [7, 8] + (10..<15) + stride(from: 4, to: 20, by: 5)
    #expect(try site.differences(without: Set(gone)).isEmpty)
    // That of org_0002 has been deleted with it.
    #expect(try site.database.rows("SELECT clerk_id FROM invitations") == [["orginv_0000"]])
    let again = try site.site.run("pull", options: ids)
    #expect(again.status == 0)
    #expect(again.lines == ids.map { "\($0)  unchanged, neither Clerk nor the table has it" })
  }

  @Test func `A newer row is left unchanged, and a different one is updated`() throws {
    let site = try SyncingSite(.init(count: 3))
    #expect(try site.run("backfill").status == 0)
    try site.database.execute(
      "UPDATE users SET firstName = 'Eve' WHERE id <> 'user_0000002'",
      "UPDATE clerk_sync_versions SET version = version + 1 WHERE object_id = 'user_0000001'")
    let command = try site.run("pull", "user_0000001", "user_0000000", "user_0000002")
    #expect(command.status == 0)
    #expect(
      command.lines == [
        "user_0000001  unchanged, newer here", "user_0000000  updated", "user_0000002  unchanged",
      ])
    #expect(try site.database.rows("SELECT id FROM users WHERE firstName = 'Eve'") == [["user_0000001"]])
  }

  @Test func `What could not be applied has a reason, and the rest is applied`() throws {
    let site = try OrganizationSite(users: 5, organizations: 3, memberships: 12)
    let command = try site.run("pull", "orgmem_0000001", "org_0001")
    #expect(command.status == 1)
    #expect(
      command.lines == [
        "orgmem_0000001  not written: it refers to org_0000, which is not stored", "org_0001  created",
      ])
    try site.database.execute("INSERT INTO organizations VALUES (7, 'org_own', 'x')")
    let foreign = try site.run("pull", "org_own")
    #expect(foreign.status == 1)
    #expect(
      foreign.output
        == "org_own  kept: Clerk does not have it, and no change of Clerk's has been applied to the row\n")
  }

  @Test func `Users who exchanged addresses can be pulled together`() throws {
    let site = try SyncingSite(.init(count: 2))
    #expect(try site.run("backfill").status == 0)
    for (number, other) in [(0, 1), (1, 0)] {
      let user = ClerkServer.user(number)
      site.clerk.settings.changes[user.id] = .init(
        addresses: [["id": "idn_\(number)", "email_address": ClerkServer.user(other).email]],
        updatedAt: 1_800_000_000_000)
    }
    let command = try site.run("pull", "user_0000000", "user_0000001")
    #expect(command.status == 0, "\(command.output)")
    #expect(
      try site.database.rows("SELECT email FROM users ORDER BY id")
        == [["user_0000001@example.org"], ["user_0000000@example.org"]])
  }

  @Test(arguments: [
    "ada@example.org", "user", "user_", "org_/user_1", "org_1/", "user_1/org_1", "orgmem_1/user_1", "ses_1",
    "user_1 ", "",
  ])
  func `A wrong id is reported by its place`(id: String) throws {
    let folder = try TemporaryFolder(inMemory: true)
    let command = try Command.run(["pull", "--database", "app.db", "user_1", id], in: folder)
    #expect(command.status == 64)
    #expect(
      command.errors
        == "clerk-sync: id 2 is none of Clerk's: expected user_…, org_…, orgmem_…, org_…/user_… or orginv_…; see --help\n"
    )
  }

  @Test func `An object whose kind has no table is a fault of the configuration`() throws {
    let site = try SyncingSite(.init(count: 1))
    let command = try site.run("pull", "user_0000000", "org_1")
    #expect(command.status == 78)
    #expect(command.errors.contains("no member organization"))
    #expect(site.clerk.requests.isEmpty)
  }
}
