import Foundation
import TestSupport
import Testing

/// The handler with a queue: its answers and the entries in Redis.
@Suite(.programs) struct ReceiverTests {
  @Test func `A delivery is queued as signed, and no database is created`() throws {
    let site = try QueueSite()
    let delivery = try SignedDelivery(Array(Payload.user(id: "user_1").utf8), id: "msg_1")
    let answer = try #require(try site.handler.answer(delivery))
    #expect(answer.status == 200)
    #expect(answer.body == "{\"outcome\":\"queued\",\"id\":\"msg_1\"}\n")
    let entry = try site.redis.command("XRANGE", "clerk-sync:deliveries", "-", "+").split(separator: "\n")
    #expect(
      entry.dropFirst().map(String.init) == [
        "id", "msg_1", "timestamp", delivery.timestamp, "signature", delivery.signature, "type",
        "user.created", "user", "user_1", "body", String(decoding: delivery.body, as: UTF8.self),
      ])
    #expect(answer.standardError.contains("outcome=queued"))
    #expect(try site.handler.isHealthy())
    #expect(!FileManager.default.fileExists(atPath: site.folder.file("app.db")))
  }

  @Test func `A delivery that is not verified, or not an event, is not queued`() throws {
    let site = try QueueSite()
    var forged = try SignedDelivery(Payload.user(id: "user_1"))
    forged.body.append(10)
    #expect(try site.handler.answer(forged)?["error"] == "invalid_signature")
    #expect(try site.deliver("no JSON") == "malformed_event")
    #expect(try site.deliver(#"{"type":"user.deleted","data":{}}"#) == "no_user_id")
    #expect(try site.left() == 0)
    #expect(!FileManager.default.fileExists(atPath: site.folder.file("app.db")))
  }

  @Test func `A refused event that names a user is queued for the ledger`() throws {
    let site = try QueueSite()
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    let refused =
      #"{"type":"user.updated","data":{"id":"user_1","email_addresses":[],"updated_at":1700000000000}}"#
    let answer = try #require(try site.handler.answer(SignedDelivery(Array(refused.utf8), id: "msg_2")))
    #expect(answer.status == 400)
    #expect(answer["error"] == "no_primary_email")
    #expect(answer.headers["webhook-delivery"] == "abort-message")
    #expect(try site.left() == 2)
    let worker = try site.startWorker()
    #expect(try site.isDrained())
    #expect(try site.outcomes() == ["msg_1": "applied", "msg_2": "refused"])
    #expect(
      try site.database.rows("SELECT released FROM clerk_sync_versions WHERE object_id = 'user_1'")
        == [["1700000000000"]])
    #expect(eventually { worker.log.contains(/applied=1 entries=2 lag_ms=\d+ left=0 refused=1/) })

    site.redis.process.send(SIGKILL)
    #expect(site.redis.process.diesOfSignal())
    let unqueued = try #require(try site.handler.answer(SignedDelivery(Array(refused.utf8), id: "msg_3")))
    #expect(unqueued.status == 500)
    #expect(unqueued["error"] == "queue_error")
  }

  @Test func `An event that is not about a user is queued too`() throws {
    let site = try QueueSite()
    #expect(try site.deliver(#"{"type":"session.created"}"#) == "queued")
    #expect(try site.left() == 1)
  }

  @Test(arguments: RedisTrouble.all)
  func `While Redis refuses deliveries the answer is 500, and then 200 again`(trouble: RedisTrouble)
    throws
  {
    let site = try QueueSite(password: RedisTrouble.password)
    #expect(try site.deliver(Payload.user(id: "user_0")) == "queued")

    let recover = try trouble.cause(site)
    let delivery = try SignedDelivery(Payload.user(id: "user_1"))
    let refused = try #require(try site.handler.answer(delivery))
    #expect(refused.status == 500)
    #expect(refused["error"] == "queue_error")
    #expect(refused.headers["webhook-delivery"] == nil)
    #expect(refused.standardError.contains("outcome=queue_error"))
    #expect(refused.standardError.contains(trouble.reason), "\(refused.standardError)")
    #expect(!site.handler.process.log.contains(RedisTrouble.password))
    #expect(!site.handler.process.log.contains("example.org"))
    #expect(!refused.body.contains(RedisTrouble.password))

    let kept = try recover()
    #expect(try site.handler.accepts(delivery))
    #expect(try site.handler.isHealthy())
    withExtendedLifetime(kept) {}
  }

  @Test(arguments: ["+OK", ":1", "$-1", "*0", "+1-", "+1-1-1"])
  func `Only a valid entry id counts as success`(reply: String) throws {
    let folder = try TemporaryFolder()
    let fake = try FakeRedis(at: folder.file("redis.sock")) { _ in "\(reply)\r\n" }
    let handler = try Handler(in: folder, environment: ["CLERK_SYNC_QUEUE": RedisServer.url(in: folder)])
    let answer = try #require(try handler.answer(SignedDelivery(Payload.user(id: "user_1"))))
    #expect(answer.status == 500)
    #expect(answer["error"] == "queue_error")
    #expect(answer.standardError.contains("unexpected reply to XADD"))
    withExtendedLifetime(fake) {}
  }

  @Test func `Without Redis it is unhealthy, and the log says why`() throws {
    let site = try QueueSite()
    #expect(try site.handler.isHealthy())
    site.redis.process.send(SIGKILL)
    #expect(site.redis.process.diesOfSignal())
    let parameters = [("REQUEST_METHOD", "GET"), ("SCRIPT_NAME", "/api/health")]
    let answer = try #require(try site.handler.answer(parameters))
    #expect(answer.status == 503)
    #expect(answer["error"] == "queue_unavailable")
    #expect(answer.standardError.contains("no connection to Redis: Connection refused"))
  }

  @Test func `A start without Redis is logged, and the handler recovers`() throws {
    let folder = try TemporaryFolder()
    let handler = try Handler(in: folder, environment: ["CLERK_SYNC_QUEUE": RedisServer.url(in: folder)])
    #expect(eventually { handler.process.log.contains("the queue is not ready") })
    let server = try RedisServer(in: folder)
    #expect(try handler.accepts(SignedDelivery(Payload.user(id: "user_1"))))
    #expect(server.process.isRunning)
  }

  @Test func `As plain CGI it queues too`() throws {
    let site = try QueueSite()
    let program = CGIProgram(
      in: site.folder, environment: ["CLERK_SYNC_QUEUE": RedisServer.url(in: site.folder)])
    #expect(try program.answer(SignedDelivery(Payload.user(id: "user_1")))?["outcome"] == "queued")
    #expect(try site.left() == 1)
  }

  @Test func `Each location of the web server may have its own queue`() throws {
    let site = try QueueSite()
    let delivery = try SignedDelivery(Payload.user(id: "user_1"))
    let queue = ("CLERK_SYNC_QUEUE", RedisServer.url(in: site.folder, database: 5))
    #expect(
      try site.handler.answer(delivery.parameters + [queue], body: delivery.body)?["outcome"] == "queued")
    #expect(try site.left() == 0)
    #expect(try site.redis.command("-n", "5", "XLEN", "clerk-sync:deliveries") == "1")
  }
}
