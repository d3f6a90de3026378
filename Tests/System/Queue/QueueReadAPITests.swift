import Foundation
import TestSupport
import Testing

/// The queue in the read API and the metrics.
@Suite(.programs) struct QueueReadAPITests {
  private static let token = "0123456789abcdef0123"
  private let site: QueueSite

  init() throws {
    site = try QueueSite(token: Self.token)
  }

  /// Returns the body of the answer to a GET with the token, and expects its status.
  private func get(_ path: String, status: Int = 200) throws -> String {
    let parameters = [
      ("REQUEST_METHOD", "GET"), ("SCRIPT_NAME", "/api/\(path)"),
      ("HTTP_AUTHORIZATION", "Bearer \(Self.token)"),
    ]
    let answer = try #require(try site.handler.answer(parameters))
    #expect(answer.status == status, "\(answer.body)")
    return answer.body
  }

  private func queue(in body: String) throws -> [String: Int]? {
    let object = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
    return object?["queue"] as? [String: Int]
  }

  @Test func `A receiver without a database reports the queue only`() throws {
    #expect(try site.deliver(Payload.user(id: "user_1")) == "queued")
    let health = try get("health")
    let queue = try #require(try queue(in: health))
    #expect(queue["entries"] == 1 && queue["lag"] == 1 && queue["pending"] == 0 && queue["deadLetters"] == 0)
    #expect(queue["oldest"] != nil && queue["oldestPending"] == nil)
    #expect(!health.contains("sqlite") && !health.contains("pendingFailures"))

    let metrics = try get("metrics")
    for line in [
      "clerk_sync_queue_entries 1", "clerk_sync_queue_lag 1", "clerk_sync_queue_pending 0",
      "clerk_sync_queue_dead_letters 0", #"clerk_sync_requests_total{outcome="queued"} 1"#,
    ] {
      #expect(metrics.contains("\n\(line)\n"), "\(line)")
    }
    #expect(metrics.contains("clerk_sync_queue_oldest_timestamp_seconds "))
    #expect(!metrics.contains("clerk_sync_deliveries_total") && !metrics.contains("_oldest_pending_"))
    for path in ["stats", "users", "deliveries"] { _ = try get(path, status: 503) }
  }

  @Test func `A receiver beside the worker's database reports both`() throws {
    #expect(try site.deliver(Payload.user(id: "user_1")) == "queued")
    let worker = try site.startWorker()
    #expect(try site.isDrained())
    worker.send(SIGTERM)
    #expect(worker.exitStatus() == 0)
    #expect(try site.deliver(Payload.user(id: "user_2")) == "queued")
    for path in ["stats", "health"] {
      let body = try get(path)
      #expect(try queue(in: body)?["entries"] == 1)
      #expect(body.contains(#""pendingFailures":0"#))
    }
    #expect(try get("users").contains("user_1"))
    let metrics = try get("metrics")
    #expect(metrics.contains(#"clerk_sync_deliveries_total{type="user.created",outcome="applied"} 1"#))
    #expect(metrics.contains("clerk_sync_queue_entries 1"))
  }

  @Test func `While Redis is unavailable health reports it, and the database is still read`() throws {
    _ = try site.run("init")
    site.redis.process.send(SIGKILL)
    #expect(try get("health", status: 503).contains("queue_unavailable"))
    #expect(try queue(in: get("stats")) == nil)
    #expect(try !get("metrics").contains("clerk_sync_queue"))
  }
}
