import Foundation
import TestSupport
import Testing

/// Organizations and memberships through nginx and the handler, with the tables of conf/tables/organizations.json5.
@Suite(.programs) struct OrganizationDeliveryTests {
  private static let time = 1_700_000_000_000
  private let server: NginxServer

  init() throws {
    let folder = try TemporaryFolder()
    try ApplicationSchema.create("organizations", at: folder.file("app.db"))
    server = try NginxServer(
      in: folder, environment: ["CLERK_SYNC_TABLES": Project.file("conf/tables/organizations.json5")])
  }

  private func send(_ body: String, id: String? = nil) throws -> Sender.Answer {
    var request = server.request(body)
    if let id { request.id = id }
    return try server.answer(request)
  }

  private func membership(
    _ operation: String, organization: String = Payload.organization(id: "org_1", updatedAt: time),
    updatedAt: Int = time, timestamp: Int = time
  ) -> String {
    let data = Payload.membership(
      id: "orgmem_1", organization: organization, user: "user_1", updatedAt: updatedAt)
    return Payload.event("organizationMembership.\(operation)", data: data, timestamp: timestamp)
  }

  private func rows() throws -> [String?] {
    try ApplicationSchema.run(
      """
      SELECT organizations.clerk_id || ' ' || organizations.name || ' ' || users.clerk_id || ' ' || role
      FROM memberships JOIN organizations ON organizations.id = organization_id JOIN users ON users.id = user_id
      """, at: server.database)
  }

  @Test func `A membership that comes before its user is repeated, and applied`() throws {
    let early = try send(membership("created"), id: "msg_1")
    #expect(early.status == 500)
    #expect(early["error"] == "database_error")
    #expect(try rows() == [])
    #expect(try ApplicationSchema.run("SELECT count(*) FROM organizations", at: server.database) == ["0"])
    let reasons = try ApplicationSchema.run("SELECT error FROM clerk_sync_deliveries", at: server.database)
    #expect(reasons.first??.contains("user_1, which is not stored yet") == true)

    #expect(try send(Payload.user(id: "user_1"))["outcome"] == "applied")
    let repeated = try send(membership("created"), id: "msg_1")
    #expect(repeated["outcome"] == "applied")
    #expect(try rows() == ["org_1 Acme user_1 org:member"])
    #expect(try send(membership("created"), id: "msg_1")["outcome"] == "duplicate")
  }

  @Test func `A partial organization never overwrites, and a deletion takes the memberships along`() throws {
    let own = Payload.organization(id: "org_1", name: "Own", updatedAt: Self.time)
    let partial = Payload.organization(id: "org_1", name: "Partial", updatedAt: Self.time + 1000)
    #expect(try send(Payload.user(id: "user_1")).status == 200)
    #expect(
      try send(Payload.event("organization.created", data: own, timestamp: Self.time))["outcome"] == "applied"
    )
    #expect(try send(membership("created", organization: partial))["outcome"] == "applied")
    #expect(try rows() == ["org_1 Own user_1 org:member"])

    #expect(try send(Payload.organizationDeleted(id: "org_1"))["outcome"] == "applied")
    #expect(try rows() == [])
    #expect(try send(membership("updated", updatedAt: Self.time + 5000))["outcome"] == "stale")
    #expect(
      try send(Payload.event("organization.updated", data: partial, timestamp: Self.time))["outcome"]
        == "stale")
    #expect(try ApplicationSchema.run("SELECT count(*) FROM organizations", at: server.database) == ["0"])
  }

  @Test func `The end of a membership is applied although its updated_at is older`() throws {
    #expect(try send(Payload.user(id: "user_1")).status == 200)
    #expect(try send(membership("created", updatedAt: Self.time))["outcome"] == "applied")
    let end = membership("deleted", updatedAt: Self.time - 86_400_000, timestamp: Self.time - 1)
    #expect(try send(end)["outcome"] == "applied")
    #expect(try rows() == [])
    #expect(try send(membership("updated", updatedAt: Self.time + 1))["outcome"] == "stale")
  }

  @Test func `The command's examples are accepted`() throws {
    let folder = try TemporaryFolder()
    func run(_ arguments: String...) throws -> Command {
      try Command.run(
        ["send"] + arguments + ["--url", "\(server.url)/api/webhooks"],
        environment: ["CLERK_WEBHOOK_SIGNING_SECRET": SignedDelivery.secret], in: folder)
    }
    #expect(try run("user.created", "--user", "user_1").status == 0)
    #expect(
      try run("organization.created", "--organization", "org_1", "--name", "Acme", "--slug", "acme").status
        == 0)
    let sent = try run(
      "organizationMembership.created", "--membership", "orgmem_1", "--organization", "org_1", "--user",
      "user_1",
      "--role", "org:admin")
    #expect(sent.status == 0)
    #expect(
      Array(sent.lines.dropFirst().prefix(3)) == [
        "membership    orgmem_1", "organization  org_1", "user          user_1",
      ])
    #expect(try rows() == ["org_1 Acme user_1 org:admin"])
    #expect(try run("organizationMembership.deleted", "--membership", "orgmem_1").status == 0)
    #expect(try rows() == [])
    for event in ["organizationInvitation.created", "organizationInvitation.revoked", "session.created"] {
      let ignored = try run(event)
      #expect(ignored.output.contains(#""outcome":"ignored""#), "\(ignored.output)")
    }
  }
}
