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
}
