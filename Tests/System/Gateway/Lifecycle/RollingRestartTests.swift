import Foundation
import Synchronization
import TestSupport
import Testing

@Suite(.programs) struct RollingRestartTests {
  @Test(arguments: Handover.allCases)
  func `Ten restarts under load lose and refuse nothing`(handover: Handover) throws {
    let folder = try TemporaryFolder(inMemory: true)
    let listener = try UnixSocket.listen(at: folder.file("s"))
    let first = try Handler(in: folder, listener: listener)
    let load = SteadyLoad()
    let running = Mutex(first)
    try load.run(send: first.accepts) {
      try running.withLock { $0 = try handover.restart($0, times: 10, listener: listener) }
      #expect(eventually { load.delivered.count > 100 })
    }
    running.withLock { #expect($0.process.isRunning) }
    #expect(load.failures == 0)
    #expect(try storedUsers(in: folder.file("app.db")) == load.delivered)
  }
}
