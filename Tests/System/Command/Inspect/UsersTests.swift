import Foundation
import TestSupport
import Testing

@Suite(.programs) struct UsersTests {
  private let site: ReadingSite

  init() throws {
    site = try ReadingSite()
    try site.fill()
  }

  @Test func `All users are listed in a table that a script can parse`() throws {
    let command = try site.run("users")
    #expect(command.status == 0)
    #expect(command.errors.isEmpty)
    #expect(
      command.lines.map { $0.replacing(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, with: "TIME") } == [
        "id      email               name             role    updated",
        "user_1  user_1@example.org  Ada Lovelace     admin   TIME",
        "user_2  user_2@example.org  Charles Babbage  client  TIME",
      ])
  }

  @Test(
    arguments: [
      (["user_2"], ["user_2"]), (["--email", "user_1@example.org"], ["user_1"]),
      (["--role", "client"], ["user_2"]),
      (["--limit", "1"], ["user_1"]), (["user_1", "--role", "admin"], ["user_1"]),
    ])
  func `The options filter the list`(arguments: [String], ids: [String]) throws {
    let command = try Command.run(
      ["users", "--json", "--database", "app.db"] + arguments, in: site.folder)
    #expect(command.status == 0)
    let found = try command.lines.map { try Self.object($0)["id"] as? String }
    #expect(found == ids)
  }

  @Test(arguments: [
    ["user_3"], ["--email", "ada"], ["--role", "x"], ["user_1", "--role", "client"], ["'"],
  ])
  func `An empty result is reported in one line`(arguments: [String]) throws {
    let command = try Command.run(["users", "--database", "app.db"] + arguments, in: site.folder)
    #expect(command.status == 1)
    #expect(command.output.isEmpty)
    #expect(command.errors == "clerk-sync: no user found\n")
  }

  @Test func `JSON contains the stored columns`() throws {
    let command = try site.run("users", "user_1", "--json")
    let object = try Self.object(command.output)
    let stored = try site.database.rows("SELECT updatedAt FROM users WHERE id = 'user_1'")
    #expect(object["firstName"] as? String == "Ada")
    #expect((object["updatedAt"] as? Int).map(String.init) == stored[0][0])
    #expect(
      Set(object.keys) == ["id", "email", "firstName", "lastName", "role", "createdAt", "updatedAt"])
  }

  @Test(arguments: ["ms", "s"])
  func `Times are in UTC, in either unit`(unit: String) throws {
    let site = try ReadingSite(environment: ["CLERK_SYNC_TIMESTAMPS": unit])
    try site.fill()
    try site.database.execute("UPDATE users SET updatedAt = 1795459443123 WHERE updatedAt > 100000000000")
    try site.database.execute("UPDATE users SET updatedAt = 1795459443 WHERE updatedAt < 100000000000")
    let command = try site.run(
      "users", "user_1", environment: ["CLERK_SYNC_TIMESTAMPS": unit, "TZ": "Asia/Tokyo"])
    #expect(command.lines.last?.hasSuffix("admin  2026-11-23 18:44:03") == true)
  }

  @Test func `A table of the application is listed, whatever the unit of its times`() throws {
    let folder = try TemporaryFolder(inMemory: true)
    try ApplicationSchema.create("drizzle", at: folder.file("app.db"))
    try folder.write(ConfigurationFile("tables/drizzle.json5").text, to: "tables.json5")
    let environment = ["CLERK_SYNC_TABLES": "tables.json5", "CLERK_SYNC_TIMESTAMPS": "s"]
    try #require(
      Command.run(["init", "--database", "app.db"], environment: environment, in: folder).status == 0)
    try DatabaseFile(folder.file("app.db")).execute(
      """
      INSERT INTO users (clerk_id, email, name, role, created_at, updated_at)
      VALUES ('user_1', 'ada@example.org', 'Ada Lovelace', 'admin', 1, 1795459443), ('user_2', '', NULL, '', 0, 0)
      """)
    let command = try Command.run(["users", "--database", "app.db"], environment: environment, in: folder)
    #expect(
      command.lines == [
        "id      email            name          role   updated",
        "user_1  ada@example.org  Ada Lovelace  admin  2026-11-23 18:44:03",
        "user_2  -                -             -      -",
      ])
    let json = try Command.run(
      ["users", "user_1", "--json", "--database", "app.db"], environment: environment, in: folder)
    #expect(try Self.object(json.output)["updatedAt"] as? Int == 1_795_459_443_000)
  }

  @Test func `A truncated list is reported, unless --limit was given`() throws {
    for number in 5...54 { try site.deliver(Payload.user(id: "user_\(number)")) }
    let command = try site.run("users")
    #expect(command.lines.count == 51)
    #expect(command.errors == "clerk-sync: more users match; use --limit to list them\n")
    let all = try site.run("users", "--limit", "52")
    #expect(all.lines.count == 53)
    #expect(all.errors.isEmpty)
  }

  @Test(arguments: ["0", "-1", "x", "1000000001"])
  func `An invalid limit is reported with the expected range`(limit: String) throws {
    let command = try site.run("users", "--limit=\(limit)")
    #expect(command.status == 64)
    #expect(command.errors.hasSuffix(": expected a whole number from 1 to 1000000000; see --help\n"))
    #expect(command.errors.split(separator: "\n").count == 1)
  }

  private static func object(_ line: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
  }
}
