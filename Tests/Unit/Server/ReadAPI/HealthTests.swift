import SQLite
import TestSupport
import Testing

@testable import ClerkSync
@testable import Settings

@Suite struct HealthTests {
  private static let now = Int64(TestApplication.now) * 1000
  private static let alarm = [
    ("CLERK_SYNC_ADMIN_TOKEN", ConsoleSite.token), ("CLERK_SYNC_SILENCE_HOURS", "24"),
  ]

  @Test(arguments: [nil, "Basic dXNlcjpwYXNz"] as [String?])
  func `Without the token the answer contains only the status`(authorization: String?) throws {
    let site = try ConsoleSite()
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    let answer = try site.get("/api/health", authorization: authorization)
    #expect(answer.status == 200)
    #expect(answer.text == "{\"status\":\"ok\"}\n")
  }

  @Test func `With the token the answer includes the last delivery, the failures and the database`() throws {
    let site = try ConsoleSite()
    #expect(try site.get("/api/health").json["lastDelivery"] == nil)
    _ = try site.database.store(at: Self.now - 12_999).apply(Event(nil))
    site.database.store(at: Self.now - 20_000).recordFailure(of: Event(nil).delivery, reason: "locked")
    let refusal = Event(.created(.ada())).delivery
    try site.database.store(at: Self.now - 20_000).recordRefusal(of: refusal, reason: "no address", time: 1)
    let answer = try site.get("/api/health")
    #expect(answer.status == 200)
    #expect(answer.json["status"] as? String == "ok")
    #expect(answer.number("refused") == 1)
    #expect(answer.number("lastDelivery") == Int(Self.now) - 12_999)
    #expect(answer.number("age") == 12)
    #expect(answer.number("pendingFailures") == 1)
    #expect(answer.json["sqlite"] as? String == (try site.database.column("SELECT sqlite_version()").first))
    #expect(answer.json["journalMode"] as? String == (try site.database.column("PRAGMA journal_mode").first))
    #expect(answer.json["version"] as? String == Release.version)
    #expect(answer.json["silenceHours"] == nil)
  }

  @Test func `A wrong token is refused, or ignored if none is configured`() throws {
    #expect(try ConsoleSite().get("/api/health", authorization: "Bearer wrong").status == 401)
    let answer = try ConsoleSite([]).get("/api/health", authorization: "Bearer wrong")
    #expect(answer.text == "{\"status\":\"ok\"}\n")
  }

  @Test(arguments: [(86_400_000, 200), (86_400_001, 503)] as [(Int64, Int)])
  func `Only a request with the token sees a silence longer than configured`(age: Int64, status: Int) throws {
    let site = try ConsoleSite(Self.alarm)
    _ = try site.database.store(at: Self.now - age).apply(Event(nil))
    let answer = try site.get("/api/health")
    #expect(answer.status == status)
    #expect(answer.json["status"] as? String == (status == 200 ? "ok" : "silent"))
    #expect(answer.number("silenceHours") == 24)
    #expect(answer.log.contains(status == 200 ? "healthy" : "silent"))
    #expect(try site.get("/api/health", authorization: nil).status == 200)
  }

  @Test func `Before the first delivery the status is silent`() throws {
    let site = try ConsoleSite(Self.alarm)
    #expect(try site.get("/api/health").status == 503)
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    #expect(try site.get("/api/health").status == 200)
  }

  @Test func `A duplicate also ends the silence`() throws {
    let site = try ConsoleSite(Self.alarm)
    let event = try #require(try? Event.decode(Payload.user(id: "user_1")))
    _ = try site.database.store(at: Self.now - 90_000_000).apply(
      Event(event.change, id: "msg_1"))
    #expect(try site.get("/api/health").status == 503)
    #expect(
      try site.deliver(Payload.user(id: "user_1"), id: "msg_1").json["outcome"] as? String == "duplicate")
    #expect(try site.get("/api/health").status == 200)
  }

  @Test(arguments: [(3_600_999, 200), (3_601_000, 503)] as [(Int64, Int)])
  func `Only a request with the token sees that a change has waited for more than an hour`(
    age: Int64, status: Int
  ) throws {
    let site = try ConsoleSite(ConsoleSite.recording + [("CLERK_SYNC_SILENCE_HOURS", "1")])
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    _ = try site.database.store.position(ofConsumer: "cache", from: .now)
    _ = try site.database.store.position(ofConsumer: "mail", from: .start)
    try site.database.open().run("UPDATE clerk_sync_changes SET at = ?1", Self.now - age)
    let answer = try site.get("/api/health")
    #expect(answer.status == status)
    #expect(answer.json["status"] as? String == (status == 200 ? "ok" : "changes_waiting"))
    #expect(answer.log.contains(status == 200 ? "healthy" : "changes_waiting"))
    #expect(answer.column("changes", "name") == ["cache", "mail"])
    #expect(answer.rows("changes").map { $0["pending"] as? Int } == [0, 1])
    #expect(answer.rows("changes").map { $0["oldestAge"] as? Int64 } == [nil, age / 1000])
    #expect(try site.get("/api/health", authorization: nil).text == "{\"status\":\"ok\"}\n")

    _ = try site.database.store.advance(consumer: "mail", to: 1, now: Self.now)
    #expect(try site.get("/api/health").status == 200)
  }

  @Test func `Silence is reported before waiting changes`() throws {
    let site = try ConsoleSite(ConsoleSite.recording + [("CLERK_SYNC_SILENCE_HOURS", "1")])
    _ = try site.database.store.position(ofConsumer: "mail", from: .start)
    try site.database.execute(
      """
      INSERT INTO clerk_sync_changes (entity, id, operation, source, at)
      VALUES ('user', 'user_1', 'created', 'backfill', 1)
      """)
    let answer = try site.get("/api/health")
    #expect(answer.status == 503)
    #expect(answer.json["status"] as? String == "silent")
    #expect(answer.rows("changes").count == 1)
  }

  @Test func `Drift is reported to a request with the token, and does not change the status`() throws {
    let site = try ConsoleSite()
    #expect(try site.get("/api/health").json["reconciliations"] == nil)
    try site.recordDrift(since: 1)
    let answer = try site.get("/api/health")
    #expect(answer.status == 200)
    #expect(answer.json["status"] as? String == "ok")
    let record = try #require(answer.rows("reconciliations").first)
    #expect(record["entity"] as? String == "user" && record["driftSince"] as? Int == 1)
    #expect(record["succeeded"] as? Bool == true && record["lastSuccess"] as? Int == 1)
    let figures = try #require(record["figures"] as? [String: Any])
    #expect(figures["found"] as? [String: Int] == ["missing": 3, "different": 2, "extra": 1])
    #expect(figures["remaining"] as? [String: Int] == ["missing": 0, "different": 0, "extra": 1])
    #expect(try site.get("/api/health", authorization: nil).text == "{\"status\":\"ok\"}\n")
    let stats = try site.get("/api/stats")
    #expect(stats.rows("reconciliations").count == 1)
  }

  @Test func `An unusable database is reported to every request`() throws {
    let site = try ConsoleSite()
    try site.database.execute("DROP TABLE clerk_sync_deliveries")
    for path in [
      "health", "stats", "users", "users/user_1", "organizations", "organizations/org_1", "deliveries",
      "metrics",
    ] {
      let answer = try site.get("/api/\(path)")
      #expect(answer.status == 503)
      #expect(answer.error == "unavailable")
      #expect(!answer.text.contains(site.database.path))
      #expect(answer.log.contains("lacks tables of the sync"))
    }
    #expect(try site.get("/api/health", authorization: nil).status == 503)
  }
}
