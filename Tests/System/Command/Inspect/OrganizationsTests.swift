import Foundation
import TestSupport
import Testing

@Suite(.programs) struct OrganizationsTests {
  private let folder: TemporaryFolder

  /// Two organizations, of which the first has two members.
  init() throws {
    folder = try TemporaryFolder(inMemory: true)
    try ApplicationSchema.create("organizations", at: folder.file("app.db"))
    try #require(try run("init").status == 0)
    try ApplicationSchema.run(
      """
      INSERT INTO users (id, clerk_id) VALUES (7, 'user_1'), (8, 'user_2');
      INSERT INTO organizations (id, clerk_id, name, slug) VALUES (1, 'org_1', 'Acme', 'acme'), (2, 'org_2', 'Rockets', NULL);
      INSERT INTO memberships (clerk_id, organization_id, user_id, role)
        VALUES ('orgmem_1', 1, 8, 'org:admin'), ('orgmem_2', 1, 7, 'org:member');
      INSERT INTO clerk_sync_versions VALUES ('org_3', 1, 2, 1, NULL);
      """, at: folder.file("app.db"))
  }

  private func run(_ arguments: String...) throws -> Command { try run(arguments) }

  private func run(_ arguments: [String]) throws -> Command {
    try Command.run(
      arguments,
      environment: [
        "CLERK_SYNC_DATABASE": "app.db", "CLERK_SYNC_TABLES": Project.file("conf/tables/organizations.json5"),
      ], in: folder)
  }

  @Test func `Organizations are listed in the order of their ids`() throws {
    let command = try run("organizations")
    #expect(command.status == 0 && command.errors.isEmpty)
    #expect(
      command.lines == [
        "id     name     slug  updated", "org_1  Acme     acme  -", "org_2  Rockets  -     -",
      ])
    #expect(
      try run("organizations", "--search", "ROCK", "--json").output == #"{"id":"org_2","name":"Rockets"}"#
        + "\n")
    #expect(try run("organizations", "--limit", "1").lines.count == 2)
  }

  @Test func `The members of an organization are listed`() throws {
    let command = try run("organizations", "org_1")
    #expect(command.status == 0 && command.errors.isEmpty)
    #expect(
      command.lines == [
        "user    role        membership  updated", "user_2  org:admin   orgmem_1    -",
        "user_1  org:member  orgmem_2    -",
      ])
    let json = try run("organizations", "org_1", "--json", "--limit", "1").output
    #expect(
      json == #"{"id":"orgmem_1","organizationId":"org_1","role":"org:admin","userId":"user_2"}"# + "\n")
  }

  @Test func `An empty result is reported in one line`() throws {
    for (arguments, name) in [(["org_2"], "member"), (["--search", "x"], "organization")] {
      let command = try run(["organizations"] + arguments)
      #expect(command.status == 1 && command.output.isEmpty)
      #expect(command.errors == "clerk-sync: no \(name) found\n")
    }
    #expect(try run("organizations", "org_1", "--search", "x").status == 64)
  }

  @Test func `The statistics have the rows and tombstones of each kind of object`() throws {
    let command = try run("stats")
    #expect(
      Array(command.lines.prefix(4)) == [
        "objects        rows  tombstones", "users             2           0",
        "organizations     2           1",
        "memberships       2           0",
      ])
    #expect(!command.lines.contains { $0.hasPrefix("tombstones") })
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(run("stats", "--json").output.utf8)) as? [String: Any])
    let counts = try #require(object["objects"] as? [[String: Any]])
    #expect(counts.map { $0["entity"] as? String } == ["user", "organization", "organizationMembership"])
    #expect(counts.map { $0["tombstones"] as? Int } == [0, 1, 0])
  }
}
