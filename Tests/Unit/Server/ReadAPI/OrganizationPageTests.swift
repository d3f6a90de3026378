import SQLite
import TestSupport
import Testing

@testable import ClerkSync

@Suite struct OrganizationPageTests {
  private let site: ConsoleSite

  init() throws {
    site = try ConsoleSite(tables: "organizations")
  }

  private func deliver(organization id: String, name: String = "Acme", _ type: String = "created") throws {
    try site.deliver(
      """
      {"type":"organization.\(type)","timestamp":1654012591835,"data":{"id":"\(id)","name":"\(name)","slug":null,\
      "updated_at":1654012591835}}
      """, id: "msg_\(id)_\(type)")
  }

  private func deliver(member user: String, of organization: String) throws {
    try site.deliver(Payload.user(id: user), id: "msg_\(user)")
    try site.deliver(
      """
      {"type":"organizationMembership.created","timestamp":1654012591835,"data":{"id":"orgmem_\(organization)_\(user)",\
      "role":"org:admin","organization":{"id":"\(organization)"},"public_user_data":{"user_id":"\(user)"},\
      "updated_at":1654012591835}}
      """, id: "msg_\(organization)_\(user)")
  }

  @Test(arguments: [1, 7, 50, 200])
  func `Pages contain each organization once, in order`(limit: Int) throws {
    try site.database.execute(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
      INSERT INTO organizations (clerk_id, name) SELECT printf('org_%03d', i * 37 % 121), 'x' FROM n
      """)
    var (ids, next): ([String], String?) = ([], nil)
    repeat {
      let answer = try site.get("/api/organizations", "limit=\(limit)" + (next.map { "&after=\($0)" } ?? ""))
      #expect(answer.status == 200)
      ids += answer.column("organizations", "id")
      next = answer.json["next"] as? String
    } while next != nil
    #expect(ids.count == 120)
    #expect(ids == Set(ids).sorted())
  }

  @Test func `A search finds organizations by a part of the name`() throws {
    try deliver(organization: "org_1", name: "Acme Rockets")
    try deliver(organization: "org_2", name: "Émile & Co")
    #expect(try site.get("/api/organizations", "search=rocket").column("organizations", "id") == ["org_1"])
    #expect(
      try site.get("/api/organizations", "search=%C3%A9MILE").column("organizations", "id") == ["org_2"])
    #expect(try site.get("/api/organizations", "search=org_").column("organizations", "id").count == 2)
    #expect(try site.get("/api/organizations", "role=x").error == "invalid_parameter")
  }

  @Test func `An organization's page has the row, the version, the members and the deliveries`() throws {
    try deliver(organization: "org_1")
    for number in 1...5 { try deliver(member: "user_\(number)", of: "org_1") }
    let answer = try site.get("/api/organizations/org_1", "limit=2")
    let row = try #require(answer.json["organization"] as? [String: Any])
    #expect(row["name"] as? String == "Acme")
    #expect(row.keys.sorted() == ["id", "name"])
    #expect((answer.json["version"] as? [String: Any])?["event"] as? String == "created")
    #expect(answer.column("members", "userId") == ["user_1", "user_2"])
    let member = try #require(answer.rows("members").first)
    #expect(member["id"] as? String == "orgmem_org_1_user_1")
    #expect(member["organizationId"] as? String == "org_1" && member["role"] as? String == "org:admin")
    #expect(answer.column("deliveries", "id") == ["msg_org_1_created"])
    let second = try site.get(
      "/api/organizations/org_1", "limit=2&after=\(try #require(answer.number("nextMember")))")
    #expect(second.column("members", "userId") == ["user_3", "user_4"])
    let third = try site.get(
      "/api/organizations/org_1", "limit=2&after=\(try #require(second.number("nextMember")))")
    #expect(third.column("members", "userId") == ["user_5"])
    #expect(third.number("nextMember") == nil)
  }

  @Test func `A user's page has the memberships`() throws {
    for number in 1...3 {
      try deliver(organization: "org_\(number)")
      try deliver(member: "user_1", of: "org_\(number)")
    }
    let first = try site.get("/api/users/user_1", "limit=2")
    #expect(first.column("memberships", "organizationId") == ["org_1", "org_2"])
    let second = try site.get("/api/users/user_1", "after=\(try #require(first.number("nextMembership")))")
    #expect(second.column("memberships", "organizationId") == ["org_3"])
    #expect(second.number("nextMembership") == nil)
  }

  @Test func `A deleted organization has a tombstone instead of a row, and no members`() throws {
    try deliver(organization: "org_1")
    try deliver(member: "user_1", of: "org_1")
    try deliver(organization: "org_1", "deleted")
    let answer = try site.get("/api/organizations/org_1")
    #expect(answer.json["organization"] == nil)
    #expect((answer.json["version"] as? [String: Any])?["deleted"] as? Int == TestApplication.now * 1000)
    #expect(answer.rows("members").isEmpty)
    let stranger = try site.get("/api/organizations/org_2")
    #expect(stranger.status == 404 && stranger.error == "not_found")
    #expect(
      stranger.json["message"] as? String
        == "Neither the organizations table nor the ledger knows this organization.")
  }

  @Test func `Without a table of organizations the list is empty`() throws {
    let site = try ConsoleSite()
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    #expect(try site.get("/api/organizations").text == #"{"organizations":[]}"# + "\n")
    #expect(try site.get("/api/organizations/org_1").status == 404)
    #expect(try site.get("/api/users/user_1").rows("memberships").isEmpty)
    #expect(try site.get("/api/stats").column("objects", "entity") == ["user"])
    #expect(try site.get("/api/metrics").text.contains("clerk_sync_objects{entity=\"user\"} 1\n"))
  }

  @Test func `The rows of each kind of object are counted`() throws {
    try deliver(organization: "org_1")
    for number in 1...2 { try deliver(member: "user_\(number)", of: "org_1") }
    let stats = try site.get("/api/stats")
    #expect(
      stats.rows("objects").map { "\($0["entity"] ?? "") \($0["rows"] ?? "")" } == [
        "user 2", "organization 1", "organizationMembership 2",
      ])
    #expect(stats.number("users") == 2)
    let text = try site.get("/api/metrics").text
    for line in [
      "{entity=\"organization\"} 1", "{entity=\"organizationMembership\"} 2", "{entity=\"user\"} 2",
    ] {
      #expect(text.contains("clerk_sync_objects\(line)\n"))
    }
    #expect(text.contains("clerk_sync_users 2\n"))
  }
}
