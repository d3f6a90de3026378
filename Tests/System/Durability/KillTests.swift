import Foundation
import Synchronization
import TestSupport
import Testing

/// Tests of SIGKILL, after which only the database counts.
@Suite(.load) struct KillTests {
  @Test(arguments: JournalMode.allCases)
  func `Handlers killed under load neither lose nor repeat a delivery`(mode: JournalMode) throws {
    let folder = try TemporaryFolder(inMemory: true)
    let database = try LoadedDatabase(folder.file("app.db"), mode: mode)
    let listener = try UnixSocket.listen(at: folder.file("s"))
    let start = { @Sendable in try Handler(in: folder, listener: listener, log: "\(UUID()).log") }
    let running = Mutex([try start(), try start()])
    let load = Load()
    try load.run(clients: 4) { _, delivery in
      let connection = try FastCGIClient(folder.file("s"))
      connection.send(FastCGIRecord.request(delivery.parameters, body: delivery.body))
      return connection.answer()
    } while: {
      // On a loaded machine a kill may hit no request; then there are more.
      for number in 1...600 where number <= 60 || load.tally.unanswered == 0 {
        let answered = load.tally.answered
        #expect(eventually { load.tally.answered > answered + 4 })
        usleep(load.random(in: 0...40_000))
        try running.withLock { handlers in
          handlers[number % 2].process.send(SIGKILL)
          #expect(handlers[number % 2].process.diesOfSignal())
          handlers[number % 2] = try start()
        }
      }
    }
    #expect(load.tally.unanswered > 0, load.seed)
    #expect(load.tally.refused.map(\.body) == [], load.seed)
    #expect(running.withLock { $0.allSatisfy(\.process.isRunning) })
    try database.expectEquals(load)
  }

  @Test(arguments: JournalMode.allCases)
  func `Handlers killed between users, organizations and memberships lose nothing`(mode: JournalMode) throws {
    let seed = SplitMix64.seed
    var random = SplitMix64(seed: seed)
    let tables = RandomOrganizations(using: &random)
    let histories = (0..<12).map { OrganizationHistory("\($0)x", steps: 40, using: &random) }
    let folder = try TemporaryFolder(inMemory: true)
    let database = folder.file("app.db")
    try ApplicationSchema.run(
      "PRAGMA journal_mode = \(mode == .wal ? "WAL" : "DELETE"); \(tables.schema)", at: database)
    let environment = ["CLERK_SYNC_TABLES": try folder.write(tables.mapping, to: "tables.json5")]
    let listener = try UnixSocket.listen(at: folder.file("s"))
    let start = { @Sendable in
      try Handler(in: folder, environment: environment, listener: listener, log: "\(UUID()).log")
    }
    let running = Mutex([try start(), try start()])
    let attempts = Atomic(0)
    var sender = SvixSender(using: &random)
    let unanswered = try sender.deliver(histories.flatMap(\.messages), threads: 4) { message in
      let delivery = try SignedDelivery(Array(message.payload.utf8), id: message.id)
      let connection = try FastCGIClient(folder.file("s"))
      connection.send(FastCGIRecord.request(delivery.parameters, body: delivery.body))
      // The handler may be killed before or after the commit of this delivery, or of another client's.
      let number = attempts.add(1, ordering: .relaxed).newValue
      if number.isMultiple(of: 12) {
        try running.withLock { handlers in
          let index = number / 12 % 2
          handlers[index].process.send(SIGKILL)
          #expect(handlers[index].process.diesOfSignal())
          handlers[index] = try start()
        }
      }
      return connection.answer()?.status == 200
    }
    #expect(attempts.load(ordering: .relaxed) > 500)
    #expect(unanswered.map(\.payload) == [], "CLERK_SYNC_SEED=\(seed), \(tables.description)")
    #expect(
      try tables.differences(from: histories, at: database) == [],
      "CLERK_SYNC_SEED=\(seed), \(tables.description)")
  }
}
