import Foundation
import Synchronization
import TestSupport
import Testing

/// Tests of SIGKILL with a queue: a delivery answered with 200 reaches the table, and is applied once.
@Suite(.load) struct QueueKillTests {
  private struct Running {
    var handlers: [Handler]
    var workers: [ChildProcess]
    var redis: RedisServer
  }

  @Test(arguments: JournalMode.allCases)
  func `Receivers, workers and Redis killed under load neither lose nor repeat a delivery`(mode: JournalMode)
    throws
  {
    let folder = try TemporaryFolder(inMemory: true)
    let database = try LoadedDatabase(folder.file("app.db"), mode: mode)
    let listener = try UnixSocket.listen(at: folder.file("s"))
    let queue = ["CLERK_SYNC_QUEUE": RedisServer.url(in: folder)]
    let startRedis = { @Sendable in try RedisServer(in: folder, keeps: true) }
    let startHandler = { @Sendable in
      try Handler(in: folder, environment: queue, listener: listener, log: "\(UUID()).log")
    }
    let startWorker = { @Sendable in
      try ChildProcess(
        Command.executable, ["worker", "--min-idle", "1s"],
        environment: Handler.environment(in: folder).merging(queue) { $1 }, folder: folder.path,
        output: folder.file("\(UUID()).log"))
    }
    let running = Mutex(
      Running(
        handlers: [try startHandler(), try startHandler()], workers: [try startWorker(), try startWorker()],
        redis: try startRedis()))

    let load = Load()
    try load.run(clients: 4) { _, delivery in
      let connection = try FastCGIClient(folder.file("s"))
      connection.send(FastCGIRecord.request(delivery.parameters, body: delivery.body))
      return connection.answer()
    } while: {
      // On a loaded machine a kill may hit no request; then there are more.
      for number in 1...450 where number <= 45 || load.tally.unanswered == 0 {
        let answered = load.tally.answered
        #expect(eventually { load.tally.answered > answered + 4 })
        usleep(load.random(in: 0...60_000))
        try running.withLock { running in
          switch number % 3 {
          case 0:
            running.redis.process.send(SIGKILL)
            #expect(running.redis.process.diesOfSignal())
            try RedisServer.repair(in: folder)
            running.redis = try startRedis()
          case 1:
            let index = Int(load.random(in: 0...1))
            running.handlers[index].process.send(SIGKILL)
            #expect(running.handlers[index].process.diesOfSignal())
            running.handlers[index] = try startHandler()
          default:
            let index = Int(load.random(in: 0...1))
            running.workers[index].send(SIGKILL)
            #expect(running.workers[index].diesOfSignal())
            running.workers[index] = try startWorker()
          }
        }
      }
    }
    #expect(load.tally.unanswered > 0, load.seed)
    #expect(load.tally.refused.allSatisfy { $0["error"] == "queue_error" }, load.seed)
    #expect(load.tally.outcomes.values.allSatisfy { $0 == "queued" }, load.seed)
    let isWorkedOff = try eventually {
      try running.withLock { try $0.redis.command("XLEN", "clerk-sync:deliveries") } == "0"
    }
    let stream = try running.withLock {
      try $0.redis.command("XINFO", "GROUPS", "clerk-sync:deliveries")
        + $0.redis.command("XPENDING", "clerk-sync:deliveries", "clerk-sync")
    }
    #expect(isWorkedOff, "\(load.seed) \(stream)")
    #expect(
      try running.withLock { try $0.redis.command("EXISTS", "{clerk-sync:deliveries}:dead") } == "0",
      load.seed)
    try database.expectContents(of: load)
  }
}
