import Foundation
import TestSupport
import Testing

/// `backfill` of organizations and their memberships, whose lists have an offset.
@Suite(.programs) struct OrganizationBackfillTests {
  @Test(arguments: OrganizationSite.Key.allCases)
  func `Users, organizations and memberships are written in this order`(key: OrganizationSite.Key) throws {
    let site = try OrganizationSite(key, users: 600, organizations: 3, memberships: 1500, invitations: 4)
    let command = try site.run("backfill")
    #expect(command.status == 0, "\(command.output)\(command.errors)")
    let words = command.lines.map { $0.split(separator: " ").joined(separator: " ") }
    #expect(
      words.filter { $0.hasSuffix("result") || $0.hasSuffix("created") } == [
        "users result", "600 created", "organizations result", "3 created", "memberships result",
        "1500 created",
        "invitations result", "4 created",
      ])
    #expect(try site.differences().isEmpty)
    #expect(try site.database.rows("SELECT count(DISTINCT organization) FROM invitations") == [["3"]])
    let pages = site.clerk.requests.filter { $0.hasPrefix("/v1/organization_memberships?order_by") }
    #expect(
      pages.map(String.init)
        == [0, 450, 900, 1350].map { offset in
          "/v1/organization_memberships?order_by=%2Bcreated_at&limit=500&offset=\(offset)"
        })
    let again = try site.run("backfill")
    #expect(again.output.contains("1500  unchanged"))
    #expect(!again.output.contains("1500  created"))
  }

  @Test func `--entity selects one kind of objects`() throws {
    let site = try OrganizationSite(users: 3, organizations: 2, memberships: 3)
    let command = try site.run("backfill", "--entity", "organization")
    #expect(command.status == 0)
    #expect(try site.database.rows("SELECT clerk_id FROM organizations") == [["org_0000"], ["org_0001"]])
    #expect(site.clerk.requests.allSatisfy { $0.hasPrefix("/v1/organizations?") })
    let other = try site.run("backfill", "--entity", "organizationMembership")
    #expect(other.status == 1)
    #expect(other.output.contains("orgmem_0000000  it refers to user_0000000, which is not stored\n"))
  }

  @Test func `A kind without a table is a fault of the configuration`() throws {
    let site = try SyncingSite(.init(count: 1))
    let command = try site.run("backfill", "--entity", "organization")
    #expect(command.status == 78)
    #expect(command.errors.hasPrefix("clerk-sync: the built-in mapping has no member organization, so no "))
  }

  @Test func `Organizations can come from a file`() throws {
    let site = try OrganizationSite(users: 0, organizations: 0, memberships: 0)
    let command = try site.site.run(
      "backfill", "--entity", "organization", "--file", "-",
      standardInput: #"[{"id":"org_1","name":"One","updatedAt":1700000000000}]"#)
    #expect(command.status == 0, "\(command.errors)")
    #expect(try site.database.rows("SELECT name FROM organizations") == [["One"]])
    let csv = try site.site.run(
      "backfill", "--entity", "organization", "--file", "-", standardInput: "id,name\norg_1,One\n")
    #expect(csv.status == 2)
    #expect(csv.errors.contains("the file is not JSON: expected an array of organization objects"))
  }

  /// The numbers of memberships that are deleted before the third page, and whether the list is then read from its start
  /// again. The first two pages have those below 950.
  static let deletions: [(name: String, numbers: [Int], isReadAgain: Bool)] = [
    ("one that has been read", [3], false),
    ("more than two pages overlap by", Array(100..<160), false),
    ("many that have been read", Array(0..<400), false),
    ("some before and some after", [1, 2, 949, 950, 951, 1200], false),
    ("the rest", Array(950..<2000), false),
    ("all in the overlap", Array(900..<950), true),
    ("all of a page", Array(400..<950), true),
    ("all that have been read", Array(0..<950), true),
  ]

  @Test(arguments: deletions.indices)
  func `Deletions during the run make it miss no other object`(index: Int) throws {
    let deleted = Self.deletions[index].numbers
    let site = try OrganizationSite(users: 400, organizations: 5, memberships: 2000)
    for entity in ["user", "organization"] {
      #expect(try site.run("backfill", "--entity", entity).status == 0)
    }
    site.clerk.settings.deletions["\(site.clerk.pages + 3)"] = deleted.map(ClerkServer.membership)
    let command = try site.run("backfill", "--entity", "organizationMembership")
    #expect(command.status == 0, "\(command.output)\(command.errors)")
    #expect(try site.differences(without: Set(deleted.filter { $0 >= 950 })).isEmpty)
    let starts = site.clerk.requests.count {
      $0.contains("memberships?order_by") && $0.hasSuffix("&offset=0")
    }
    #expect((starts > 1) == Self.deletions[index].isReadAgain)
  }

  @Test func `A list that lacks an object of its count is read again, and each object is counted once`()
    throws
  {
    let site = try OrganizationSite(users: 400, organizations: 5, memberships: 2000)
    // The users have one page, and the organizations another.
    site.clerk.settings.faults["4"] = "lose"
    let command = try site.run("backfill")
    #expect(command.status == 0, "\(command.output)\(command.errors)")
    let rows = command.lines.map { $0.split(separator: " ").joined(separator: " ") }
    let memberships = rows.drop { $0 != "memberships result" }.dropFirst()
    #expect(memberships.prefix(3) == ["2000 created", "0 updated", "0 unchanged"])
    #expect(try site.differences().isEmpty)
    // One page each of users, organizations and invitations, and five of memberships, twice.
    #expect(site.clerk.pages == 3 + 2 * 5)
  }

  @Test func `A list that never agrees with its count is reported`() throws {
    let site = try OrganizationSite(users: 4, organizations: 5, memberships: 20)
    for page in 3...20 { site.clerk.settings.faults["\(page)"] = "lose" }
    let command = try site.run("backfill")
    #expect(command.status == 2)
    #expect(
      command.errors.contains(
        "Clerk counts 20 memberships, but lists 19 even after 5 passes: try again later"))
  }

  @Test func `Rate limits, errors and broken connections neither lose nor repeat memberships`() throws {
    let site = try OrganizationSite(users: 500, organizations: 5, memberships: 2500)
    for (page, fault) in ["3": "429", "5": "500", "7": "cut", "8": "429-date"] {
      site.clerk.settings.faults[page] = fault
    }
    let command = try site.run("backfill")
    #expect(command.status == 0)
    #expect(command.output.contains("2500  created"))
    #expect(command.errors.split(separator: "\n").count { $0.contains("; retrying in ") } == 4)
    #expect(try site.differences().isEmpty)
  }

  @Test func `An interrupted run resumes within the memberships`() throws {
    let site = try OrganizationSite(users: 500, organizations: 5, memberships: 2500)
    let process = try site.site.start("backfill", upToPage: 7)
    process.send(SIGINT)
    #expect(process.exitStatus() == 1)
    site.clerk.settings.hold = nil
    let other = try site.run("backfill", "--entity", "user")
    #expect(other.status == 2)
    #expect(other.errors.contains("does not belong to an interrupted backfill of users from"))
    // Meanwhile the last ones that were read have left.
    let deleted = Array(1340..<1400)
    for number in deleted { site.delete(ClerkServer.membership(number)) }
    let requests = site.clerk.requests.count
    let command = try site.run("backfill")
    #expect(command.status == 0, "\(command.output)\(command.errors)")
    #expect(command.errors.hasPrefix("clerk-sync: resuming after orgmem_0001399, membership 1400\n"))
    #expect(command.output.contains("500  created") && command.output.contains("2500  created"))
    #expect(site.clerk.requests.dropFirst(requests).allSatisfy { $0.contains("/v1/organization_") })
    #expect(try site.differences().isEmpty)
  }
}

/// The memory of `backfill`.
@Suite(.waits) struct OrganizationMemoryTests {
  @Test func `100,000 memberships are written with the memory for 10,000`() throws {
    var memory: [Int] = []
    for organizations in [10, 100] {
      let count = 1000 * organizations
      let site = try OrganizationSite(users: 1000, organizations: organizations, memberships: count)
      // Three pages of users, one of organizations.
      let pages = 1 + (count - 500 + 449) / 450
      let process = try site.site.start("backfill", upToPage: 4 + pages)
      memory.append(try process.peakMemory)
      site.clerk.settings.hold = nil
      #expect(process.exitStatus() == 0, "\(site.site.errors)")
      #expect(try site.differences().isEmpty)
    }
    #expect(Double(memory[1]) < 1.3 * Double(memory[0]), "\(memory)")
  }
}
