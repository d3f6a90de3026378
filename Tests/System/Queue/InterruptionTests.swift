import Foundation
import TestSupport
import Testing

/// The worker while the database, Redis or another worker fails.
@Suite(.waits) struct InterruptionTests {
  private func preparedSite(keeps: Bool = false) throws -> QueueSite {
    let site = try QueueSite(keeps: keeps)
    #expect(try site.run("init").status == 0)
    return site
  }

  private func pending(_ site: QueueSite) throws -> Int? {
    let summary = try site.redis.command("XPENDING", "clerk-sync:deliveries", "clerk-sync")
    return summary.split(separator: "\n").first.flatMap { Int($0) }
  }

  /// Suspends the worker at a moment when it does not hold the database lock.
  private func halt(_ worker: ChildProcess, at site: QueueSite) throws {
    let isHalted = try eventually {
      worker.send(SIGSTOP)
      #expect(try eventually { try worker.isStopped })
      if let lock = try? DatabaseLock(site, busyTimeout: 0) {
        try lock.release()
        return true
      }
      worker.send(SIGCONT)
      return false
    }
    try #require(isHalted)
  }

  @Test func `The worker waits for an unavailable database, without counting tries`() throws {
    let site = try preparedSite()
    let lock = try DatabaseLock(site)
    let worker = try site.startWorker("--tries", "1")
    for number in 1...3 { try site.deliver(Payload.user(id: "user_\(number)")) }
    #expect(eventually { worker.log.contains("the database is unavailable") })
    // It fails at least twice but is logged once.
    #expect(
      !eventually(within: 7) { worker.log.components(separatedBy: "the database is unavailable").count > 2 })
    #expect(try site.left() == 3)
    try lock.release()
    #expect(try site.isDrained())
    #expect(site.users.count == 3)
    #expect(worker.log.components(separatedBy: "the database is available again").count == 2)
    #expect(try site.redis.command("EXISTS", "{clerk-sync:deliveries}:dead") == "0")
  }

  @Test func `The entries of a killed worker are taken over`() throws {
    let site = try preparedSite()
    let lock = try DatabaseLock(site)
    let first = try site.startWorker()
    for number in 1...3 { try site.deliver(Payload.user(id: "user_\(number)")) }
    #expect(try eventually { try pending(site) == 3 })
    first.send(SIGKILL)
    #expect(first.diesOfSignal())
    try lock.release()
    let second = try site.startWorker("--min-idle", "1s", log: "second.log")
    #expect(try site.isDrained())
    #expect(site.users.count == 3)
    #expect(!second.log.contains("duplicate="))
  }

  @Test func `A worker that waits for the database can be stopped, and its batch is redelivered`() throws {
    let site = try preparedSite()
    let lock = try DatabaseLock(site)
    let first = try site.startWorker()
    try site.deliver(Payload.user(id: "user_1"))
    #expect(eventually { first.log.contains("the database is unavailable") })
    first.send(SIGTERM)
    #expect(first.exitStatus() == 0)
    #expect(try site.left() == 1)
    try lock.release()
    let second = try site.startWorker("--min-idle", "1s", log: "second.log")
    #expect(try site.isDrained())
    #expect(site.users == ["user_1"])
    #expect(second.isRunning)
  }

  @Test func `A worker claims no entries after SIGTERM`() throws {
    let site = try preparedSite()
    let lock = try DatabaseLock(site)
    let first = try site.startWorker("--batch", "1")
    for number in 1...3 { try site.deliver(Payload.user(id: "user_\(number)")) }
    #expect(try eventually { try pending(site) == 1 })
    first.send(SIGKILL)
    #expect(first.diesOfSignal())
    let abandoned = ["XPENDING", "clerk-sync:deliveries", "clerk-sync", "IDLE", "1000", "-", "+", "1"]
    #expect(try eventually { try !site.redis.command(abandoned, user: []).isEmpty })
    // It claims new entries only after the abandoned ones.
    let second = try site.startWorker("--batch", "1", "--min-idle", "1s", log: "second.log")
    #expect(eventually { second.log.contains("the database is unavailable") })
    second.send(SIGTERM)
    #expect(second.exitStatus() == 0)
    #expect(try pending(site) == 1)
    try lock.release()
  }

  @Test func `The worker survives a restart of Redis`() throws {
    let site = try preparedSite(keeps: true)
    let worker = try site.startWorker()
    try site.deliver(Payload.user(id: "user_1"))
    #expect(try site.isDrained())
    site.redis.process.send(SIGKILL)
    #expect(site.redis.process.diesOfSignal())
    #expect(eventually { worker.log.contains("error Redis is unavailable") })
    #expect(!eventually(within: 2) { worker.log.components(separatedBy: "Redis is unavailable").count > 2 })
    let redis = try RedisServer(in: site.folder, keeps: true)
    #expect(eventually { worker.log.contains("info Redis is available again") })
    #expect(try site.deliver(Payload.user(id: "user_2")) == "queued")
    #expect(eventually { site.users == ["user_1", "user_2"] })
    #expect(redis.process.isRunning)
  }

  @Test func `The worker recovers when Redis has lost all data`() throws {
    let site = try preparedSite()
    let worker = try site.startWorker()
    try site.deliver(Payload.user(id: "user_1"))
    #expect(try site.isDrained())
    let created = "info created the queue's consumer group"
    #expect(eventually { worker.log.contains(created) })
    try site.redis.command("FLUSHALL")
    let lost = "warning the queue's consumer group was gone, and has been created again"
    #expect(eventually { worker.log.contains(lost) }, "\(worker.log)")
    #expect(try site.deliver(Payload.user(id: "user_2")) == "queued")
    #expect(eventually { site.users == ["user_1", "user_2"] })
    // An entry may be queued before the worker has found out.
    try site.redis.command("DEL", "clerk-sync:deliveries")
    #expect(try site.deliver(Payload.user(id: "user_3")) == "queued")
    #expect(eventually { site.users.count == 3 })
    #expect(worker.isRunning)
    #expect(worker.log.contains("Redis was emptied, as by FLUSHALL"))
    #expect(worker.log.components(separatedBy: created).count == 2)
    #expect(!worker.log.contains("replica") && !worker.log.contains("Redis is unavailable"), "\(worker.log)")
  }

  @Test func `When Redis is out of memory the worker keeps draining it, despite failing entries`() throws {
    let site = try preparedSite()
    try site.deliver(Payload.user(id: "user_1", email: "ada@example.org"))
    let first = try site.startWorker()
    #expect(try site.isDrained())
    first.send(SIGTERM)
    #expect(first.exitStatus() == 0)

    for number in 2...300 {
      // In one batch with many others.
      let email = number == 150 ? "ada@example.org" : nil
      try site.deliver(Payload.user(id: "user_\(number)", email: email))
    }
    try site.redis.command("XADD", "clerk-sync:deliveries", "*", "user", "user_0")
    #expect(try site.redis.command("CONFIG", "SET", "maxmemory", "1") == "OK")
    #expect(try site.deliver(Payload.user(id: "user_301")) == "queue_error")
    let second = try site.startWorker("--batch", "100", "--tries", "2", log: "second.log")
    #expect(try eventually { try site.left() == 2 })
    #expect(site.users == Set((1...300).filter { $0 != 150 }.map { "user_\($0)" }))
    #expect(second.log.components(separatedBy: "Redis refuses to count failed tries").count == 2)
    #expect(!second.log.contains("Redis is unavailable"))
    // An uncounted entry is still retried once it can be applied.
    try site.database.execute("UPDATE users SET email = 'lovelace@example.org' WHERE id = 'user_1'")
    #expect(try eventually { try site.left() == 1 })
    #expect(site.users.count == 300)
    #expect(try site.redis.command("EXISTS", "{clerk-sync:deliveries}:dead") == "0")
    #expect(try pending(site) == 1)
  }

  @Test func `A suspended worker drops the entries that another one has taken over`() throws {
    let site = try preparedSite()
    // Longer than a loaded machine keeps the second worker from renewing its claim.
    let first = try site.startWorker("--min-idle", "5s")
    try site.deliver(Payload.user(id: "user_1", email: "ada@example.org"))
    try site.deliver(Payload.user(id: "user_2", email: "ada@example.org"))
    let failures = { (worker: ChildProcess) in worker.log.components(separatedBy: "failed=1").count - 1 }
    #expect(eventually { failures(first) >= 2 })
    try halt(first, at: site)
    let before = failures(first)
    let second = try site.startWorker("--min-idle", "5s", log: "second.log")
    #expect(eventually { failures(second) > 0 })
    first.send(SIGCONT)
    #expect(!eventually(within: 4) { failures(first) > before })
    // The first worker continues.
    try halt(second, at: site)
    try site.deliver(Payload.user(id: "user_3"))
    #expect(eventually { site.users == ["user_1", "user_3"] })
  }

  @Test func `A batch that outlasts its lease is retried before its failures count`() throws {
    let site = try preparedSite()
    try site.database.execute("CREATE TABLE bookings (userId TEXT NOT NULL REFERENCES users (id))")
    let worker = try site.startWorker("--min-idle", "1s", "--tries", "1")
    try site.deliver(Payload.user(id: "user_1"))
    #expect(try site.isDrained())
    try site.database.execute("INSERT INTO bookings VALUES ('user_1')")
    let lock = try DatabaseLock(site)
    try site.deliver(Payload.deleted(id: "user_1"))
    #expect(eventually { worker.log.contains("the database is unavailable") })
    try lock.release()
    #expect(eventually { worker.log.contains("given up, now a dead letter") })
    // On a loaded machine further batches may outlast it.
    #expect(worker.log.components(separatedBy: "failed=1").count >= 3)
  }

  @Test func `A crash between commit and acknowledgement repeats nothing`() throws {
    let site = try preparedSite()
    let first = try site.startWorker()
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    #expect(try site.isDrained())
    first.send(SIGKILL)
    #expect(first.diesOfSignal())
    // The same message, as if its acknowledgement had not reached Redis.
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    let second = try site.startWorker(log: "second.log")
    #expect(try site.isDrained())
    #expect(eventually { second.log.contains("duplicate=1") })
    #expect(
      try site.database.rows("SELECT attempts FROM clerk_sync_deliveries WHERE svix_id = 'msg_1'") == [["1"]])
  }
}
