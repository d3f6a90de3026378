import Foundation
import TestSupport
import Testing

/// The worker's effect on the database and the queue.
@Suite(.waits) struct WorkerTests {
  @Test func `Queued deliveries are applied and leave the queue`() throws {
    let site = try QueueSite()
    for number in 1...250 {
      #expect(try site.deliver(Payload.user(id: "user_\(number)"), id: "msg_\(number)") == "queued")
    }
    let worker = try site.startWorker("--batch", "100")
    #expect(try site.isDrained())
    #expect(site.users.count == 250)
    // A batch is logged after its acknowledgement.
    let lines = { worker.log.split(separator: "\n").filter { $0.contains(" info batch ") } }
    #expect(eventually { lines().count >= 3 })
    #expect(lines().first?.contains(/applied=100 entries=100 lag_ms=\d+ left=150$/) == true, "\(lines())")
    #expect(!worker.log.contains("example.org"))
    #expect(try site.deliver(Payload.deleted(id: "user_1"), id: "msg_251") == "queued")
    #expect(try site.isDrained())
    #expect(site.users.count == 249)
    #expect(try site.redis.command("XPENDING", "clerk-sync:deliveries", "clerk-sync").hasPrefix("0"))
    #expect(try site.redis.command("EXISTS", "{clerk-sync:deliveries}:tries") == "0")
  }

  @Test func `Order, repetition and deletion have the same result as without a queue`() throws {
    let site = try QueueSite()
    for (id, body) in [
      ("msg_1", Payload.user("user.updated", id: "user_1", firstName: "new", updatedAt: 1_700_000_002_000)),
      ("msg_2", Payload.user(id: "user_1", firstName: "old", updatedAt: 1_700_000_001_000)),
      ("msg_1", Payload.user("user.updated", id: "user_1", firstName: "new", updatedAt: 1_700_000_002_000)),
      ("msg_3", Payload.deleted(id: "user_2")),
      ("msg_4", Payload.user(id: "user_2", updatedAt: 1_900_000_000_000)),
      ("msg_5", #"{"type":"session.created"}"#), ("msg_6", Payload.user(id: "user_3")),
    ] {
      try #require(try site.deliver(body, id: id) == "queued")
    }
    let worker = try site.startWorker()
    #expect(try site.isDrained())
    #expect(try site.database.rows("SELECT firstName FROM users ORDER BY id") == [["new"], ["Ada"]])
    #expect(
      try site.outcomes() == [
        "msg_1": "applied", "msg_2": "stale", "msg_3": "applied", "msg_4": "stale", "msg_5": "ignored",
        "msg_6": "applied",
      ])
    #expect(eventually { worker.log.contains("applied=3 duplicate=1 entries=7 ignored=1") })
    #expect(worker.log.contains("stale=2"))
  }

  @Test func `A value that is nested too deeply is reported once the event is applied`() throws {
    let site = try QueueSite()
    let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
    let body = Payload.user(id: "user_1").replacing(
      #""data":{"#, with: #""data":{"unsafe_metadata":\#(deep),"#)
    try site.deliver(body, id: "msg_1")
    let worker = try site.startWorker()
    #expect(try site.isDrained())
    #expect(site.users == ["user_1"])
    let reason = "JSON nested deeper than 100 levels counts as null: data.unsafe_metadata.0.0.0.0…"
    #expect(
      eventually {
        worker.log.contains(" warning applied with a warning reason=")
          && worker.log.contains("\(reason.dropLast())")
      }, "\(worker.log)")
  }

  @Test func `Dropped tables are created again, and reported whatever the outcome`() throws {
    let site = try QueueSite()
    let worker = try site.startWorker()
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    #expect(try site.isDrained())
    try site.database.execute("DROP TABLE clerk_sync_versions", "DROP TABLE clerk_sync_deliveries")
    try site.deliver(#"{"type":"session.created"}"#, id: "msg_2")
    #expect(try site.isDrained())
    #expect(
      eventually {
        worker.log.contains(" warning ignored with a warning reason=")
          && worker.log.contains("clerk-sync reconcile")
      }, "\(worker.log)")
    #expect(try site.outcomes() == ["msg_2": "ignored"])
  }

  @Test func `An entry that waits for a taken address does not block those behind it`() throws {
    let site = try QueueSite()
    let worker = try site.startWorker()
    try site.deliver(Payload.user(id: "user_1", email: "ada@example.org"), id: "msg_1")
    try site.deliver(Payload.user(id: "user_2", email: "ada@example.org"), id: "msg_2")
    try site.deliver(Payload.user(id: "user_3"), id: "msg_3")
    #expect(eventually { site.users == ["user_1", "user_3"] })
    #expect(try eventually { try site.left() == 1 })
    // Not before its backoff ends by itself, but at once when the other user's event arrives.
    try site.holdUp(worker)
    try site.deliver(
      Payload.user(
        "user.updated", id: "user_1", email: "lovelace@example.org", updatedAt: 1_700_000_000_000),
      id: "msg_4")
    #expect(try site.isDrained())
    #expect(try site.outcomes().values.allSatisfy { $0 == "applied" })
    #expect(worker.log.components(separatedBy: "failed, will be retried").count == 2)
    #expect(try site.redis.command("EXISTS", "{clerk-sync:deliveries}:tries") == "0")
  }

  @Test func `An entry that waits for an address is retried as soon as any process frees it`() throws {
    let site = try QueueSite()
    let worker = try site.startWorker()
    try site.deliver(Payload.user(id: "user_1", email: "ada@example.org"), id: "msg_1")
    try site.deliver(Payload.user(id: "user_2", email: "ada@example.org"), id: "msg_2")
    #expect(eventually { worker.log.contains("failed=1") })
    try site.holdUp(worker)
    try site.database.execute("UPDATE users SET email = 'lovelace@example.org' WHERE id = 'user_1'")
    #expect(try site.isDrained())
    #expect(site.users == ["user_1", "user_2"])
  }

  @Test func `Forged entries in Redis do not reach the database`() throws {
    let site = try QueueSite()
    let forged = try SignedDelivery(
      Array(Payload.user(id: "user_1").utf8), secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
    try site.queue(forged)
    try site.redis.command("XADD", "clerk-sync:deliveries", "*", "user", "user_3")
    let worker = try site.startWorker("--tries", "1")
    #expect(try site.isDrained())
    #expect(site.users == [])
    #expect(try site.redis.command("XLEN", "{clerk-sync:deliveries}:dead") == "2")
    #expect(eventually { worker.log.contains("no matching signature among 1 entries and 1 secrets") })
  }

  @Test func `The worker refuses events of another instance, and takes messages of any age`() throws {
    let site = try QueueSite()
    func event(_ user: String, _ instance: String) -> [UInt8] {
      let body = Payload.user(id: user)
      return Array("\(body.dropLast()),\"instance_id\":\"\(instance)\"}".utf8)
    }
    // Signed an hour ago, which the receiver has accepted then.
    let signed = "\(Int(Date.now.timeIntervalSince1970) - 3600)"
    try site.queue(SignedDelivery(event("user_1", "ins_prod"), id: "msg_1", timestamp: signed))
    try site.queue(SignedDelivery(event("user_2", "ins_dev"), id: "msg_2", timestamp: signed))
    let worker = try site.startWorker(
      environment: ["CLERK_SYNC_INSTANCE": "ins_prod", "CLERK_SYNC_TOLERANCE": "10"])
    #expect(try site.isDrained())
    #expect(try site.outcomes() == ["msg_1": "applied", "msg_2": "refused"])
    #expect(site.users == ["user_1"])
    #expect(eventually { worker.log.contains("wrong_instance: the event's instance_id") }, "\(worker.log)")
  }

  @Test func `A refused entry is recorded, and is neither retried nor a dead letter`() throws {
    let site = try QueueSite()
    for (id, body) in [
      ("msg_1", #"{"type":"user.created","data":{"id":"user_1","updated_at":1700000000000}}"#),
      ("msg_2", "no JSON"), ("msg_3", #"{"type":"user.deleted","data":{}}"#),
      ("msg_4", Payload.user(id: "user_4")),
    ] {
      try site.queue(SignedDelivery(Array(body.utf8), id: id))
    }
    let worker = try site.startWorker()
    #expect(try site.isDrained())
    #expect(
      try site.outcomes() == ["msg_1": "refused", "msg_2": "refused", "msg_3": "refused", "msg_4": "applied"])
    #expect(site.users == ["user_4"])
    #expect(eventually { worker.log.total(of: "refused") == 3 })
    #expect(worker.log.components(separatedBy: "refused, and no retry can mend it").count == 4)
    #expect(!worker.log.contains("will be retried"))
    #expect(try site.redis.command("XLEN", "{clerk-sync:deliveries}:dead") == "0")
    #expect(try site.redis.command("EXISTS", "{clerk-sync:deliveries}:tries") == "0")

    try site.deliver(Payload.user("user.updated", id: "user_1", updatedAt: 1_700_000_000_001), id: "msg_5")
    #expect(try site.isDrained())
    #expect(try site.outcomes()["msg_1"] == "stale")
  }

  @Test func `A delivery older than the retention of deletions is given up`()
    throws
  {
    let site = try QueueSite()
    for days in [29, 31] {
      let time = Int(Date.now.timeIntervalSince1970) - days * 86_400
      try site.queue(
        SignedDelivery(
          Array(Payload.user(id: "user_\(days)").utf8), id: "msg_\(days)", timestamp: "\(time)"))
    }
    let worker = try site.startWorker(environment: ["CLERK_SYNC_RETENTION_DAYS": "30"])
    #expect(try site.isDrained())
    #expect(site.users == ["user_29"])
    #expect(try site.outcomes() == ["msg_29": "applied", "msg_31": "failed"])
    let letters = try site.run("dead", "list", "--json").output
    #expect(letters.contains(#""messageId":"msg_31""#) && letters.contains(#""tries":0"#), "\(letters)")
    #expect(letters.contains("expired: signed more than CLERK_SYNC_RETENTION_DAYS, 30 days, ago"))
    #expect(!worker.log.contains("will be retried"))
    #expect(try site.redis.command("EXISTS", "{clerk-sync:deliveries}:tries") == "0")
  }

  @Test func `Another worker leaves entries that wait for a retry alone`() throws {
    let site = try QueueSite()
    let first = try site.startWorker("--min-idle", "1s")
    try site.deliver(Payload.user(id: "user_1", email: "ada@example.org"))
    try site.deliver(Payload.user(id: "user_2", email: "ada@example.org"))
    #expect(eventually { first.log.components(separatedBy: "failed=1").count > 4 })
    // Longer than a loaded machine keeps the first one from renewing its claim.
    let second = try site.startWorker("--min-idle", "5s", log: "second.log")
    #expect(!eventually(within: 7) { second.log.contains("batch") })
    // Only after its worker has died.
    first.send(SIGKILL)
    #expect(first.diesOfSignal())
    #expect(eventually { second.log.contains("batch") })
  }

  @Test func `Two workers share the work without duplicates`() throws {
    let site = try QueueSite()
    #expect(try site.run("init").status == 0)
    // Until both have a batch, none is applied. Otherwise one could finish before the other has started.
    let lock = try DatabaseLock(site)
    let workers = try (1...2).map { try site.startWorker("--batch", "5", log: "worker\($0).log") }
    try inThreads(4) { thread in
      for number in 0..<100 {
        let user = "user_\(thread)_\(number)"
        let isAccepted = try site.handler.accepts(SignedDelivery(Payload.user(id: user)))
        #expect(isAccepted)
      }
    }
    #expect(eventually { workers.allSatisfy { $0.log.contains("the database is unavailable") } })
    try lock.release()
    #expect(try site.isDrained())
    #expect(site.users.count == 400)
    #expect(eventually { workers.allSatisfy { $0.log.contains(" batch applied=") } })
    #expect(workers.allSatisfy { !$0.log.contains("duplicate=") })
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `After a signal the worker finishes its batch and exits`(signal: Int32) throws {
    let site = try QueueSite()
    let worker = try site.startWorker()
    #expect(eventually { worker.log.contains("created the queue's consumer group") })
    for number in 1...50 { try site.deliver(Payload.user(id: "user_\(number)")) }
    worker.send(signal)
    #expect(worker.exitStatus() == 0)
    #expect(worker.log.hasSuffix("info worker stopped\n"))
    let pending = try site.redis.command("XPENDING", "clerk-sync:deliveries", "clerk-sync")
    #expect(pending.hasPrefix("0"))
    let left = try #require(try site.left())
    #expect(site.users.count == 50 - left)
  }

  @Test(arguments: [
    ("CLERK_WEBHOOK_SIGNING_SECRET", "no signing secret is configured: set CLERK_WEBHOOK_SIGNING_SECRET"),
    ("CLERK_SYNC_QUEUE", "no queue is configured: set CLERK_SYNC_QUEUE"),
  ])
  func `The worker does not start without a required setting`(variable: String, message: String) throws {
    let site = try QueueSite()
    let worker = try site.startWorker(environment: [variable: ""])
    #expect(worker.exitStatus() == 78)
    #expect(worker.log.contains(message))
  }
}
