import Foundation
import TestSupport
import Testing

@Suite(.programs) struct StatsTests {
  private let site: ReadingSite

  init() throws {
    site = try ReadingSite()
    try site.fill()
  }

  @Test func `Deliveries are counted by outcome and type`() throws {
    let command = try site.run("stats")
    #expect(command.status == 0)
    #expect(command.errors.isEmpty)
    #expect(
      Array(command.lines.prefix(5)) == [
        "outcome  type             deliveries",
        "applied  user.created              3",
        "applied  user.deleted              1",
        "failed   user.created              1",
        "ignored  session.created           1",
      ])
    let facts = command.lines.dropFirst(5).map { $0.replacing(/\ {2,}/, with: ": ") }
    #expect(facts[0].contains(/^last delivery: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, \d+ s ago$/))
    #expect(
      Array(facts.dropFirst(1).prefix(5)) == [
        "newest applied version: 2022-08-30 12:14:00", "pending failures: 1", "refused: 0", "users: 2",
        "tombstones: 1",
      ])
    #expect(facts[6].contains(/^SQLite: 3\.\d+\.\d+, journal mode (wal|delete)$/))
  }

  @Test(
    arguments: [
      ("UPDATE clerk_sync_deliveries SET last_seen = last_seen - 60000", "([6-9]|1[01]). s ago"),
      ("UPDATE clerk_sync_deliveries SET last_seen = last_seen - 300000", "5 min ago"),
      ("UPDATE clerk_sync_deliveries SET last_seen = last_seen - 10800000", "3 h ago"),
      ("UPDATE clerk_sync_deliveries SET last_seen = last_seen - 864000000", "10 days ago"),
    ] as [(StaticString, String)])
  func `The last delivery's age has a suitable unit`(aging: StaticString, age: String) throws {
    try site.database.execute(aging)
    let line = try #require(try site.run("stats").lines.first { $0.hasPrefix("last delivery") })
    #expect(line.contains(try Regex(", \(age)$")))
  }

  @Test func `JSON is a single object`() throws {
    let command = try site.run("stats", "--json")
    #expect(command.lines.count == 1)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(command.output.utf8)) as? [String: Any])
    #expect(object["users"] as? Int == 2)
    #expect(object["failures"] as? Int == 1)
    #expect(object["refused"] as? Int == 0)
    #expect(object["newestVersion"] as? Int == 1_661_861_640_000)
    #expect((object["deliveries"] as? [[String: Any]])?.count == 4)
  }

  @Test func `The consumers of the change feed are listed, if there are any`() throws {
    #expect(try !site.run("stats").output.contains("consumer"))
    #expect(try !site.run("stats", "--json").output.contains("changes"))

    let site = try ReadingSite(environment: ["CLERK_SYNC_CHANGES": "on"])
    try site.fill()
    try site.database.execute(
      """
      INSERT INTO clerk_sync_consumers (name, position, last_handled) VALUES ('cache', 1000, NULL), ('mail', 1, 0)
      """, "UPDATE clerk_sync_changes SET at = at - 7200000",
      """
      INSERT INTO clerk_sync_failed_changes (consumer, seq, entity, id, operation, source, at, tries, reason, failed_at)
      VALUES ('mail', 1, 'user', 'user_1', 'created', 'webhook', 0, 3, 'exit status 1', 0)
      """)
    let text = try site.run("stats")
    #expect(text.status == 0)
    #expect(
      text.lines.suffix(3) == [
        "consumer  pending  oldest   failed  last handled",
        "cache           0  -             0  -",
        "mail            3  2 h ago       1  1970-01-01 00:00:00",
      ])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(site.run("stats", "--json").output.utf8)) as? [String: Any])
    let changes = try #require(object["changes"] as? [[String: Any]])
    #expect(changes.map { $0["pending"] as? Int } == [0, 3])
    #expect(changes.map { $0["failed"] as? Int } == [0, 1])
    #expect(changes.map { $0["lastHandled"] as? Int } == [nil, 0])
    #expect(changes.map { $0["oldestPending"] == nil } == [true, false])
  }

  @Test func `An empty database has no counts`() throws {
    #expect(try site.run("init", "--database", "new.db").status == 0)
    let command = try site.run("stats", "--database", "new.db")
    #expect(command.status == 0)
    #expect(command.lines.first == "last delivery           -")
  }
}
