import SQLite
import TestSupport
import Testing

@testable import ClerkSync
@testable import Server

@Suite struct StatsTests {
  private let site: ConsoleSite

  init() throws {
    site = try ConsoleSite()
  }

  @Test func `Before the first delivery every count is 0`() throws {
    let stats = try site.get("/api/stats")
    #expect(stats.number("pendingFailures") == 0 && stats.number("users") == 0)
    #expect(stats.rows("totals").isEmpty)
    for name in ["lastDelivery", "age", "latency"] { #expect(stats.json[name] == nil) }
    #expect((stats.json["rate"] as? [String: Int]) == ["lastMinute": 0, "lastHour": 0])
  }

  @Test func `Deliveries are counted, timed and reported with their age`() throws {
    for number in 1...20 { try site.deliver(Payload.user(id: "user_\(number)"), id: "msg_\(number)") }
    try site.deliver(#"{"type":"session.created","data":{"id":"sess_1"}}"#, id: "msg_21")
    try site.deliver(Payload.user(id: "user_22", email: "user_1@example.org"), id: "msg_22")
    try site.deliver("no JSON", id: "msg_23")
    let stats = try site.get("/api/stats")
    #expect(stats.number("now") == TestApplication.now * 1000)
    #expect(stats.number("lastDelivery") == TestApplication.now * 1000)
    #expect(stats.number("age") == 0)
    #expect(stats.number("pendingFailures") == 1 && stats.number("refused") == 1)
    #expect(stats.number("users") == 20)
    #expect(
      stats.rows("totals").map { "\($0["outcome"] ?? "") \($0["type"] ?? "") \($0["deliveries"] ?? "")" } == [
        "applied user.created 20", "failed user.created 1", "ignored session.created 1", "refused  1",
      ])
    #expect((stats.json["rate"] as? [String: Int]) == ["lastMinute": 23, "lastHour": 23])
    let latency = try #require(stats.json["latency"] as? [String: Double])
    #expect(latency["requests"] == 23)
    #expect(try #require(latency["p50"]) <= #require(latency["p99"]))
    #expect(try #require(latency["p99"]) <= #require(latency["max"]))
  }

  @Test func `A new user is counted`() throws {
    for number in 1...3 {
      try site.deliver(Payload.user(id: "user_\(number)"), id: "msg_\(number)")
      // A small table is counted quickly, so its count is refreshed almost every time.
      #expect(eventually { (try? site.get("/api/stats").number("users")) == number })
    }
  }

  @Test func `The consumers of the change feed are reported with their lag`() throws {
    let site = try ConsoleSite(ConsoleSite.recording)
    #expect(try site.get("/api/stats").json["changes"] == nil)
    let store = site.database.store
    for name in ["cache", "mail"] { _ = try store.position(ofConsumer: name, from: .start) }
    for number in 1...3 { try site.deliver(Payload.user(id: "user_\(number)"), id: "msg_\(number)") }
    let now = TestApplication.now * 1000
    try site.database.open().run("UPDATE clerk_sync_changes SET at = ?1 + seq * 1000", now - 60_000)
    try store.advance(consumer: "mail", to: 1, now: 7)
    let change = try #require(try store.changes(after: 1, limit: 1).changes.first)
    try store.setAside(change, consumer: "mail", tries: 3, reason: "exit status 1", now: 8)
    let changes = try site.get("/api/stats").rows("changes")
    #expect(changes.map { $0["name"] as? String } == ["cache", "mail"])
    #expect(changes.map { $0["pending"] as? Int } == [3, 1])
    #expect(changes.map { $0["oldestPending"] as? Int } == [now - 59_000, now - 57_000])
    #expect(changes.map { $0["oldestAge"] as? Int } == [59, 57])
    #expect(changes.map { $0["failed"] as? Int } == [0, 1])
    #expect(changes.map { $0["lastHandled"] as? Int } == [nil, 7])
  }

  @Test func `Without a change feed there is no mention of it`() throws {
    for path in ["/api/stats", "/api/health", "/api/metrics"] {
      #expect(try !site.get(path).text.contains("changes"))
    }
  }

  @Test(arguments: [(24, 1), (48, 1), (49, 6), (336, 6), (337, 24), (2160, 24)])
  func `The length of the series determines its step`(hours: Int, step: Int) throws {
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    let series = try #require(
      try site.get("/api/stats", "hours=\(hours)").json["series"] as? [String: Any])
    let (start, length) = (try #require(series["start"] as? Int), try #require(series["step"] as? Int))
    #expect(length == step * 3_600_000)
    #expect(start % length == 0)
    let now = TestApplication.now * 1000
    #expect(start > now - (hours + step) * 3_600_000 && start <= now - (hours - 1) * 3_600_000)
    let bar = try #require((series["bars"] as? [[String: Any]])?.first)
    #expect(bar["start"] as? Int == now / length * length)
    #expect(bar["deliveries"] as? Int == 1)
  }

  @Test func `The rate counts deliveries by their first attempt`() throws {
    let now = Int64(TestApplication.now) * 1000
    for (age, id) in [(3_600_001, "a"), (3_600_000, "b"), (60_001, "c"), (60_000, "d"), (0, "e")]
      as [(Int64, String)]
    {
      _ = try site.database.store(at: now - age).apply(Event(nil, id: id))
    }
    let stats = try site.get("/api/stats")
    #expect((stats.json["rate"] as? [String: Int]) == ["lastMinute": 2, "lastHour": 4])
  }

  @Test func `A process for one request reports no latency`() throws {
    let site = try ConsoleSite(isLongLived: false)
    #expect(try site.get("/api/stats").json["latency"] == nil)
  }

  @Test func `Percentiles cover the last 1024 requests`() {
    var durations = RecentDurations()
    #expect(durations.percentiles == nil)
    for number in 1...1024 { durations.append(.milliseconds(number + 5000)) }
    for number in 1...1000 { durations.append(.milliseconds(number)) }
    for _ in 0..<24 { durations.append(.milliseconds(0)) }
    #expect(
      durations.percentiles
        == RecentDurations.Percentiles(requests: 1024, p50: 488, p95: 949, p99: 990, max: 1000))
  }

  @Test(arguments: [1, 2, 99, 100, 101])
  func `A percentile is the duration that this share did not exceed`(count: Int) {
    var durations = RecentDurations()
    for number in (1...count).reversed() { durations.append(.milliseconds(number)) }
    let percentiles = durations.percentiles
    #expect(percentiles?.max == Double(count))
    #expect(percentiles?.p50 == Double((count + 1) / 2))
    #expect(percentiles?.p99 == Double((count * 99 + 99) / 100))
  }
}
