import Glibc
import TestSupport
import Testing

/// A master that sentinels replace.
@Suite(.waits) struct SentinelTests {
  private let site: SentinelSite
  private let handler: Handler
  private let environment: [String: String]

  init() throws {
    site = try SentinelSite()
    environment = ["CLERK_SYNC_QUEUE": site.url()]
    handler = try Handler(in: site.folder, environment: environment)
  }

  private var users: Set<String> { (try? storedUsers(in: site.folder.file("app.db"))) ?? [] }

  private func startWorker() throws -> ChildProcess {
    try ChildProcess(
      Command.executable, ["worker"],
      environment: Handler.environment(in: site.folder).merging(environment) { $1 }, folder: site.folder.path,
      output: site.folder.file("worker.log"))
  }

  /// Delivers a new user until the answer is 200, as Svix does.
  private func deliver(_ number: Int) throws -> Bool {
    let body = Array(Payload.user(id: "user_\(number)").utf8)
    return try eventually {
      try handler.answer(SignedDelivery(body, id: "msg_\(number)"))?.status == 200
    }
  }

  @Test func `After the master has died everything goes on with the new one`() throws {
    let worker = try startWorker()
    #expect(try deliver(1))
    #expect(eventually { users == ["user_1"] })
    worker.send(SIGSTOP)
    #expect(try deliver(2))
    #expect(try deliver(3))
    // Replication is asynchronous, so only what the replica has survives.
    #expect(try eventually { try site.command(1, "XLEN", "clerk-sync:deliveries") == "2" })
    site.servers[0].process.send(SIGKILL)
    #expect(site.servers[0].process.diesOfSignal())
    worker.send(SIGCONT)

    #expect(try deliver(4))
    #expect(try site.isMaster(1))
    #expect(eventually { users == ["user_1", "user_2", "user_3", "user_4"] })
    #expect(try eventually { try site.command(1, "XLEN", "clerk-sync:deliveries") == "0" })
    #expect(worker.isRunning && handler.process.isRunning)
    for log in [worker.log, handler.process.log] {
      #expect(!log.contains(SentinelSite.password) && !log.contains(SentinelSite.sentinelPassword))
    }
  }

  @Test func `A planned exchange of the master loses nothing`() throws {
    let worker = try startWorker()
    for number in 1...10 {
      #expect(try deliver(number))
      if number == 5 { #expect(try site.failOver() == "OK\n") }
    }
    #expect(try eventually { try site.isMaster(1) && !site.isMaster(0) })
    #expect(try deliver(11))
    #expect(eventually { users.count == 11 })
    #expect(worker.isRunning && handler.process.isRunning)
  }

  @Test func `A wrong name and a wrong password are reported without the passwords`() throws {
    let urls = [
      site.url().replacing("/mymaster/", with: "/other/"): "knows none of this name",
      site.url(sentinelPassword: "wrong"): "Redis refused AUTH with WRONGPASS",
      site.url(password: "wrong"): "Redis refused AUTH with WRONGPASS",
    ]
    for (url, reason) in urls {
      let doctor = try Command.run(
        ["doctor"],
        environment: Handler.environment(in: site.folder).merging(["CLERK_SYNC_QUEUE": url]) { $1 },
        in: site.folder)
      #expect(doctor.output.contains(reason), "\(doctor.output)")
      #expect(doctor.status == 1)
      #expect(!doctor.output.contains("-password"))
    }
  }

  @Test func `doctor reports the sentinels`() throws {
    let doctor = try Command.run(
      ["doctor"], environment: Handler.environment(in: site.folder).merging(environment) { $1 },
      in: site.folder)
    #expect(doctor.output.contains("127.0.0.1:1: no connection to Redis"), "\(doctor.output)")
    #expect(doctor.output.contains("min-replicas-to-write"))
    #expect(try site.command(0, "CONFIG", "SET", "min-replicas-to-write", "1") == "OK")
    let again = try Command.run(
      ["doctor"], environment: Handler.environment(in: site.folder).merging(environment) { $1 },
      in: site.folder)
    #expect(again.output.contains("min-replicas-to-write 1"))
  }
}
