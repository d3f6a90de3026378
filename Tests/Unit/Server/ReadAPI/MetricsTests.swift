import TestSupport
import Testing

@testable import ClerkSync
@testable import Server
@testable import Settings

@Suite struct MetricsTests {
  private let site: ConsoleSite

  init() throws {
    site = try ConsoleSite()
  }

  /// Returns the values by their names and labels.
  private func values(_ answer: ConsoleAnswer) -> [String: String] {
    let lines = answer.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
      $0.split(separator: " ")
    }
    return Dictionary(uniqueKeysWithValues: lines.map { (String($0[0]), String($0[1])) })
  }

  @Test func `The metrics contain the figures of the ledger and of the process`() throws {
    for number in 1...20 { try site.deliver(Payload.user(id: "user_\(number)"), id: "msg_\(number)") }
    try site.deliver(Payload.user(id: "user_20"), id: "msg_20")
    try site.deliver(Payload.user(id: "user_22", email: "user_1@example.org"), id: "msg_22")
    try site.deliver("no JSON", id: "msg_23")
    _ = try site.get("/api/stats", authorization: nil)
    _ = try site.get("/api/none")
    let answer = try site.get("/api/metrics")
    #expect(answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
    let values = values(answer)
    for (name, value) in [
      (#"clerk_sync_deliveries_total{type="user.created",outcome="applied"}"#, "20"),
      ("clerk_sync_pending_failures", "1"), ("clerk_sync_refused", "1"), ("clerk_sync_users", "20"),
      ("clerk_sync_last_delivery_timestamp_seconds", "1700000000.0"),
      (#"clerk_sync_requests_total{outcome="applied"}"#, "20"),
      (#"clerk_sync_requests_total{outcome="duplicate"}"#, "1"),
      (#"clerk_sync_rejections_total{reason="database_error"}"#, "1"),
      (#"clerk_sync_rejections_total{reason="unauthorized"}"#, "1"),
      (#"clerk_sync_rejections_total{reason="not_found"}"#, "1"),
      (#"clerk_sync_request_duration_seconds_bucket{le="+Inf"}"#, "23"),
      ("clerk_sync_request_duration_seconds_count", "23"), ("process_start_time_seconds", "1700000000.0"),
      (#"clerk_sync_build_info{version="\#(Release.version)",sqlite="\#(try sqliteVersion)"}"#, "1"),
    ] {
      #expect(values[name] == value, "\(name)")
    }
    // The ledger's counter never falls, so it leaves out what a retry or a later event can change.
    #expect(!values.keys.contains { $0.contains(#"outcome="refused""#) || $0.contains(#"outcome="failed""#) })
    let size = try #require(values[#"clerk_sync_database_size_bytes{file="database"}"#].flatMap(Int.init))
    #expect(size >= 4096)
    #expect(values[#"clerk_sync_database_size_bytes{file="wal"}"#] != nil)
  }

  @Test func `Each consumer of the change feed has its own series`() throws {
    let site = try ConsoleSite(ConsoleSite.recording)
    let store = site.database.store
    for name in ["cache", "mail"] { _ = try store.position(ofConsumer: name, from: .start) }
    for number in 1...3 { try site.deliver(Payload.user(id: "user_\(number)"), id: "msg_\(number)") }
    try site.database.execute("UPDATE clerk_sync_changes SET at = at - 5000")
    try store.advance(consumer: "cache", to: 3, now: nil)
    let change = try #require(try store.changes(after: 0, limit: 1).changes.first)
    try store.setAside(change, consumer: "mail", tries: 3, reason: "exit status 1", now: 8)
    let values = values(try site.get("/api/metrics"))
    for (name, value) in [
      (#"clerk_sync_changes_pending{consumer="cache"}"#, "0"),
      (#"clerk_sync_changes_oldest_age_seconds{consumer="cache"}"#, "0"),
      (#"clerk_sync_changes_failed{consumer="cache"}"#, "0"),
      (#"clerk_sync_changes_pending{consumer="mail"}"#, "2"),
      (#"clerk_sync_changes_oldest_age_seconds{consumer="mail"}"#, "5"),
      (#"clerk_sync_changes_failed{consumer="mail"}"#, "1"),
    ] {
      #expect(values[name] == value, "\(name)")
    }
  }

  @Test func `The last comparison with Clerk is reported, once there has been one`() throws {
    #expect(try !site.get("/api/metrics").text.contains(/clerk_sync_(drift|reconcile)/))
    try site.recordDrift(since: 5000)
    let found = values(try site.get("/api/metrics"))
    for (name, value) in [
      (#"clerk_sync_reconcile_last_success_timestamp_seconds{entity="user"}"#, "5.0"),
      (#"clerk_sync_drift_since_timestamp_seconds{entity="user"}"#, "5.0"),
      (#"clerk_sync_drift{entity="user",kind="missing"}"#, "0"),
      (#"clerk_sync_drift{entity="user",kind="extra"}"#, "1"),
      (#"clerk_sync_drift_found{entity="user",kind="missing"}"#, "3"),
      (#"clerk_sync_drift_found{entity="user",kind="different"}"#, "2"),
    ] {
      #expect(found[name] == value, "\(name)")
    }
    try site.recordDrift(since: nil)
    let text = try site.get("/api/metrics").text
    #expect(!text.contains("clerk_sync_drift_since"))
    #expect(text.contains(#"clerk_sync_drift{entity="user",kind="extra"} 0"#))
  }

  @Test func `Before the first delivery there is no timestamp`() throws {
    let text = try site.get("/api/metrics").text
    #expect(!text.contains("clerk_sync_last_delivery"))
    #expect(text.contains("clerk_sync_pending_failures 0\n"))
  }

  @Test func `A process that answers once reports the database's figures`() throws {
    let site = try ConsoleSite(isLongLived: false)
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    let values = values(try site.get("/api/metrics"))
    #expect(values[#"clerk_sync_deliveries_total{type="user.created",outcome="applied"}"#] == "1")
    #expect(!values.keys.contains { $0.hasPrefix("clerk_sync_request") || $0.hasPrefix("process_") })
  }

  @Test func `A label's value is escaped`() {
    var metrics = MetricsText()
    metrics.append("m", [("a", "x\"y\\z\nw")], 1)
    #expect(metrics.text == "m{a=\"x\\\"y\\\\z\\nw\"} 1\n")
  }

  @Test func `A bucket counts all durations up to its bound`() {
    var histogram = DurationHistogram()
    for milliseconds in [0.4, 0.5, 0.6, 40, 20_000] { histogram.append(.seconds(milliseconds / 1000)) }
    let counts = Dictionary(uniqueKeysWithValues: histogram.buckets.map { ($0.bound, $0.count) })
    #expect(counts[0.0005] == 2 && counts[0.001] == 3 && counts[0.025] == 3 && counts[0.05] == 4)
    #expect(counts[10] == 4 && histogram.count == 5)
    #expect(abs(histogram.sum - 20.0415) < 0.000001)
  }

  private var sqliteVersion: String {
    get throws { try #require(try site.database.column("SELECT sqlite_version()").first ?? nil) }
  }
}
