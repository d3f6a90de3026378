import Glibc
import TestSupport
import Testing

/// A master that sentinels replace.
@Suite(.waits) struct SentinelTests {
  @Test(arguments: [false, true])
  func `After the master has died everything goes on with the new one`(usesTLS: Bool) throws {
    let site = try SentinelSite(usesTLS: usesTLS)
    let handler = try site.startHandler()
    let worker = try site.startWorker()
    #expect(try site.deliver(1, to: handler))
    #expect(eventually { site.users == ["user_1"] })
    // The worker removes the entry after it has written the row.
    #expect(try eventually { try site.command(0, "XLEN", "clerk-sync:deliveries") == "0" })
    worker.send(SIGSTOP)
    #expect(try site.deliver(2, to: handler))
    #expect(try site.deliver(3, to: handler))
    // Replication is asynchronous, so only what the replica has survives.
    #expect(try eventually { try site.command(1, "XLEN", "clerk-sync:deliveries") == "2" })
    site.servers[0].process.send(SIGKILL)
    #expect(site.servers[0].process.diesOfSignal())
    worker.send(SIGCONT)

    #expect(try site.deliver(4, to: handler))
    #expect(try site.isMaster(1))
    #expect(eventually { site.users == ["user_1", "user_2", "user_3", "user_4"] })
    #expect(try eventually { try site.command(1, "XLEN", "clerk-sync:deliveries") == "0" })
    #expect(worker.isRunning && handler.process.isRunning)
    for log in [worker.log, handler.process.log] {
      #expect(!log.contains(SentinelSite.password) && !log.contains(SentinelSite.sentinelPassword))
    }
  }

  @Test func `A planned exchange of the master loses nothing`() throws {
    let site = try SentinelSite()
    let handler = try site.startHandler()
    let worker = try site.startWorker()
    // Otherwise the former master accepts deliveries until it learns that it is a replica.
    for server in 0...1 {
      #expect(try site.command(server, "CONFIG", "SET", "min-replicas-to-write", "1") == "OK")
    }
    for number in 1...10 {
      #expect(try site.deliver(number, to: handler))
      if number == 5 { #expect(try site.failOver() == "OK\n") }
    }
    #expect(try eventually { try site.isMaster(1) && !site.isMaster(0) })
    #expect(try site.deliver(11, to: handler))
    #expect(eventually { site.users.count == 11 }, "\(site.users.sorted())")
    #expect(worker.isRunning && handler.process.isRunning)
  }

  @Test func `A delivery that no replica has is refused, and applied once when it comes again`() throws {
    let site = try SentinelSite()
    let handler = try site.startHandler()
    let replica = site.servers[1].process
    replica.send(SIGSTOP)
    let delivery = try SignedDelivery(Array(Payload.user(id: "user_1").utf8), id: "msg_1")
    let answer = try handler.answer(delivery)
    #expect(answer?.status == 500)
    #expect(answer?.standardError.contains("no replica of Redis has confirmed the delivery") == true)
    replica.send(SIGCONT)
    #expect(try eventually { try handler.answer(delivery)?.status == 200 })
    let worker = try site.startWorker()
    #expect(try eventually { try site.command(0, "XLEN", "clerk-sync:deliveries") == "0" })
    #expect(site.users == ["user_1"])
    #expect(worker.isRunning)
  }

  @Test func `A server that the sentinels name but that is a replica gets no delivery`() throws {
    let site = try SentinelSite()
    let handler = try site.startHandler()
    #expect(try site.deliver(1, to: handler))
    #expect(try site.command(0, "REPLICAOF", "127.0.0.1", "1") == "OK")
    // Over the connection that has been kept, which Redis leaves open, then over a new one.
    for number in 2...3 {
      let answer = try handler.answer(SignedDelivery(Payload.user(id: "user_\(number)")))
      #expect(answer?.status == 500)
      #expect(answer?.standardError.contains("which they name, is a replica") == true)
    }
  }

  @Test func `A wrong name and a wrong password are reported without the passwords`() throws {
    let site = try SentinelSite()
    let urls = [
      site.url().replacing("/mymaster/", with: "/other/"): "knows none of this name",
      site.url(sentinelPassword: "wrong"): "Redis refused AUTH with WRONGPASS",
      site.url(password: "wrong"): "Redis refused AUTH with WRONGPASS",
    ]
    for (url, reason) in urls {
      let doctor = try site.doctor(url)
      #expect(doctor.output.contains(reason), "\(doctor.output)")
      #expect(doctor.status == 2)
      #expect(!doctor.output.contains("-password"))
    }
  }

  @Test func `doctor reports the sentinels`() throws {
    let site = try SentinelSite()
    let output = try site.doctor().output
    #expect(output.contains("127.0.0.1:1: no connection to Redis"), "\(output)")
    #expect(output.contains("sees enough others to replace the master"), "\(output)")
    #expect(output.contains("min-replicas-to-write 0: a master that is cut off"), "\(output)")
    #expect(try site.command(0, "CONFIG", "SET", "min-replicas-to-write", "1") == "OK")
    // Until the replica has confirmed what it has, the master accepts nothing.
    #expect(try eventually { try site.doctor().output.contains("min-replicas-to-write 1\n") })
  }
}

extension SentinelSite {
  fileprivate var users: Set<String> { (try? storedUsers(in: folder.file("app.db"))) ?? [] }

  fileprivate func startHandler() throws -> Handler {
    try Handler(in: folder, environment: ["CLERK_SYNC_QUEUE": url()])
  }

  fileprivate func startWorker() throws -> ChildProcess {
    try ChildProcess(
      Command.executable, ["worker"], environment: environment(url()), folder: folder.path,
      output: folder.file("worker.log"))
  }

  fileprivate func doctor(_ url: String? = nil) throws -> Command {
    try Command.run(["doctor"], environment: environment(url ?? self.url()), in: folder)
  }

  private func environment(_ url: String) -> [String: String] {
    Handler.environment(in: folder).merging(["CLERK_SYNC_QUEUE": url]) { $1 }
  }

  /// Delivers a new user until the answer is 200, as Svix does.
  fileprivate func deliver(_ number: Int, to handler: Handler) throws -> Bool {
    let body = Array(Payload.user(id: "user_\(number)").utf8)
    return try eventually {
      try handler.answer(SignedDelivery(body, id: "msg_\(number)"))?.status == 200
    }
  }
}
