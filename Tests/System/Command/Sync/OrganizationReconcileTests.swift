import Foundation
import TestSupport
import Testing

/// `reconcile` of organizations, memberships and invitations.
@Suite(.programs) struct OrganizationReconcileTests {
  private func summary(_ command: Command) -> [String] {
    command.lines.filter { $0.contains(" at Clerk, ") }
  }

  @Test(arguments: OrganizationSite.Key.allCases)
  func `Missing, different, extra and foreign memberships are listed, and repaired with --apply`(
    key: OrganizationSite.Key
  ) throws {
    let site = try OrganizationSite(key, users: 600, organizations: 3, memberships: 1500, isFilled: true)
    try site.database.execute(
      "DELETE FROM memberships WHERE organization_id = 1 AND user_id = 8",
      "UPDATE memberships SET role = 'org:owner' WHERE organization_id = 2 AND user_id = 1")
    site.delete("orgmem_0000012")
    if key == .id {
      try site.database.execute("INSERT INTO memberships VALUES ('own', 3, 600, 'x')")
    } else {
      try site.database.execute("INSERT INTO memberships VALUES (3, 600, 'x')")
    }
    let extra = key == .id ? "orgmem_0000012" : "org_0000/user_0000012"
    let foreign = key == .id ? "own" : "org_0002/user_0000599"
    for _ in 1...2 {
      let dry = try site.run("reconcile", "--entity", "organizationMembership", "--json")
      #expect(dry.status == 1)
      #expect(
        dry.lines
          == [
            #"{"columns":["role"],"entity":"organizationMembership","id":"orgmem_0000600","kind":"different"}"#,
            #"{"columns":[],"entity":"organizationMembership","id":"orgmem_0000007","kind":"missing"}"#,
            #"{"columns":[],"entity":"organizationMembership","id":"\#(extra)","kind":"extra"}"#,
            #"{"columns":[],"entity":"organizationMembership","id":"\#(foreign)","kind":"foreign"}"#,
            #"{"atClerk":1499,"different":1,"entity":"organizationMembership","extra":1,"foreign":1,"missing":1,"#
              + #""rows":1500,"rowsWithoutID":0,"unusable":0}"#,
          ].sorted(by: { dry.lines.firstIndex(of: $0) ?? 9 < dry.lines.firstIndex(of: $1) ?? 9 }))
    }
    let repair = try site.run("reconcile", "--apply")
    #expect(repair.status == 0, "\(repair.output)\(repair.errors)")
    #expect(
      summary(repair) == [
        "600 users at Clerk, 600 rows: 0 missing, 0 different, 0 extra, 0 foreign",
        "3 organizations at Clerk, 3 rows: 0 missing, 0 different, 0 extra, 0 foreign",
        "1499 memberships at Clerk, 1500 rows: 1 missing, 1 different, 1 extra, 1 foreign",
        "0 invitations at Clerk, 0 rows: 0 missing, 0 different, 0 extra, 0 foreign",
      ])
    #expect(repair.output.contains("drift      membership"))
    #expect(
      site.clerk.requests.contains("/v1/users/user_0000012/organization_memberships?limit=500&offset=0"))
    #expect(try site.differences(without: [12]) == ["wrong: org_0002/user_0000599 x"])
    #expect(try site.run("reconcile").status == 0)
    let foreignToo = try site.run("reconcile", "--apply", "--delete-foreign")
    #expect(foreignToo.status == 0)
    #expect(try site.differences(without: [12]).isEmpty == (key == .pair))
  }

  @Test func `Users and organizations take their memberships along, each once`() throws {
    let site = try OrganizationSite(users: 30, organizations: 12, memberships: 360, isFilled: true)
    site.delete("user_0000003", "org_0001")
    let dry = try site.run("reconcile")
    #expect(dry.status == 1)
    #expect(
      summary(dry)[2] == "319 memberships at Clerk, 360 rows: 0 missing, 0 different, 41 extra, 0 foreign")
    let repair = try site.run("reconcile", "--apply")
    #expect(repair.status == 0, "\(repair.output)\(repair.errors)")
    #expect(
      summary(repair)[2] == "319 memberships at Clerk, 319 rows: 0 missing, 0 different, 0 extra, 0 foreign")
    #expect(repair.lines.count { $0.hasSuffix("  done") } == 2)
    let tombstones = try site.database.rows(
      "SELECT object_id FROM clerk_sync_versions WHERE deleted IS NOT NULL ORDER BY object_id")
    #expect(tombstones.filter { $0[0]?.contains("orgmem_") != true } == [["org_0001"], ["user_0000003"]])
    #expect(tombstones.count == 2 + 41)
    #expect(try site.run("reconcile").status == 0)
  }

  @Test(arguments: OrganizationSite.Key.allCases)
  func `Before a deletion, Clerk is asked for the membership`(key: OrganizationSite.Key) throws {
    let site = try OrganizationSite(key, users: 30, organizations: 2, memberships: 40, isFilled: true)
    site.clerk.settings.faults["\(site.clerk.pages + 1)"] = "hide"
    let command = try site.run("reconcile", "--apply", "--entity", "organizationMembership")
    #expect(command.status == 1)
    #expect(command.output.contains("kept: Clerk has this membership"), "\(command.output)")
    #expect(site.clerk.requests.last == "/v1/users/user_0000020/organization_memberships?limit=500&offset=0")
    #expect(try site.differences().isEmpty)
  }

  @Test func `Before a deletion, Clerk is asked for the organization or the invitation`() throws {
    let site = try OrganizationSite(
      users: 1, organizations: 20, memberships: 0, invitations: 20, isFilled: true)
    for (entity, path) in [
      ("organization", "/v1/organizations/org_0010"),
      ("organizationInvitation", "/v1/organizations/org_0010/invitations/orginv_0010"),
    ] {
      site.clerk.settings.faults["\(site.clerk.pages + 1)"] = "hide"
      let command = try site.run("reconcile", "--apply", "--entity", entity)
      #expect(command.status == 1)
      #expect(command.output.contains("kept: Clerk has this "), "\(command.output)\(command.errors)")
      #expect(site.clerk.requests.last.map(String.init) == path)
    }
    site.delete("orginv_0004")
    let command = try site.run("reconcile", "--apply")
    #expect(command.status == 0)
    #expect(try site.database.rows("SELECT count(*) FROM invitations") == [["19"]])
  }

  @Test func `A membership whose user no column has is kept`() throws {
    let site = try SyncingSite(
      .init(count: 10, organizations: 1, memberships: 10),
      schema: "CREATE TABLE memberships (clerk_id TEXT PRIMARY KEY, role TEXT)",
      mapping:
        "{ organizationMembership: { table: 'memberships', key: { clerk_id: 'id' }, columns: { role: 'role' } } }"
    )
    #expect(try site.run("backfill").status == 0)
    site.clerk.settings.changes["orgmem_0000004"] = .some(nil)
    let command = try site.run("reconcile", "--apply")
    #expect(command.status == 1)
    #expect(
      command.output.contains("kept: no column has Clerk's id of its user, which the confirmation needs"),
      "\(command.output)")
    #expect(try site.database.rows("SELECT count(*) FROM memberships") == [["10"]])
  }

  @Test func `The limit on deletions holds for each table`() throws {
    let site = try OrganizationSite(users: 40, organizations: 10, memberships: 350, isFilled: true)
    site.delete("org_0008", "org_0009")
    site.delete("orgmem_0000100", "orgmem_0000101")
    let command = try site.run("reconcile", "--apply")
    #expect(command.status == 2)
    #expect(
      command.errors
        == "clerk-sync: no organizations were deleted: 2 of 10 rows would be, more than the limit of 1; to delete them "
        + "all, add --entity organization --force-deletes 2\n")
    #expect(try site.database.rows("SELECT count(*) FROM organizations") == [["10"]])
    // The memberships of these organizations are extra as well.
    #expect(try site.differences(without: Set(320..<350).union([100, 101])).isEmpty)
    let forced = try site.run("reconcile", "--apply", "--entity", "organization", "--force-deletes", "2")
    #expect(forced.status == 0)
    #expect(try site.run("reconcile").status == 0)
  }

  @Test func `A list that fails half-way deletes nothing`() throws {
    let site = try OrganizationSite(users: 5, organizations: 1200, memberships: 0, isFilled: true)
    site.delete("org_0001")
    site.clerk.settings.faults["\(site.clerk.pages + 2)"] = "401"
    let command = try site.run("reconcile", "--apply", "--entity", "organization")
    #expect(command.status == 78)
    #expect(try site.database.rows("SELECT count(*) FROM organizations") == [["1200"]])
  }

  @Test func `Memberships that change during the comparison are no differences`() throws {
    let site = try OrganizationSite(users: 600, organizations: 3, memberships: 1500, isFilled: true)
    let handler = try Handler(
      in: site.site.folder, environment: ["CLERK_SYNC_TABLES": site.site.folder.file("tables.json5")])
    _ = eventually { (try? handler.isHealthy()) == true }
    let now = Int(Date.now.timeIntervalSince1970 * 1000)
    let process = try site.site.start(
      "reconcile", upToPage: 2, ["--apply", "--entity", "organizationMembership"])
    for (type, id, user) in [
      ("created", "orgmem_new", 500), ("updated", "orgmem_0001000", 400), ("deleted", "orgmem_0001010", 410),
    ] {
      let organization = type == "created" ? 2 : 1
      let body = """
        {"data":{"id":"\(id)","object":"organization_membership","role":"org:new","updated_at":\(now),\
        "organization":{"id":"\(ClerkServer.organization(organization))","name":"x"},\
        "public_user_data":{"user_id":"\(ClerkServer.user(user).id)"}},"object":"event","timestamp":\(now),\
        "type":"organizationMembership.\(type)"}
        """
      #expect(try handler.answer(SignedDelivery(body))?.status == 200)
    }
    site.clerk.settings.hold = nil
    #expect(process.exitStatus() == 0, "\(site.site.errors)\(site.site.output)")
    #expect(
      site.site.output == "1500 memberships at Clerk, 1500 rows: 0 missing, 0 different, 0 extra, 0 foreign\n"
    )
    #expect(
      try site.differences(without: [1000, 1010]) == [
        "wrong: org_0001/user_0000400 org:new", "wrong: org_0002/user_0000500 org:new",
      ])
  }
}
