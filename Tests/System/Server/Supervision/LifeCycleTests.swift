import Foundation
import Synchronization
import TestSupport
import Testing

/// Tests of restarts of the handler behind a web server.
@Suite(.programs) struct LifeCycleTests {
  @Test(arguments: Handover.allCases)
  func `Ten restarts under load lose no delivery and refuse no connection`(handover: Handover) throws {
    // The load exceeds the rate limit.
    let server = try NginxServer(changes: [("rate=100r/s", "rate=100000r/s")])
    // nginx opens the socket with each request. From here on it finds this one, which is independent of the handlers.
    let listener = try UnixSocket.listen(at: server.folder.file("handler.sock"))
    let first = try Handler(in: server.folder, listener: listener, log: "first.log")
    let (load, url) = (SteadyLoad(), server.url)
    let running = Mutex(first)
    try load.run(
      send: { try $0.isAccepted(by: url) },
      while: {
        try running.withLock { $0 = try handover.restart($0, times: 10, listener: listener) }
        #expect(eventually { load.delivered.count > 100 })
      })
    running.withLock { #expect($0.process.isRunning) }
    #expect(load.failures == 0, "\(server.errorLog.suffix(500))")
    #expect(try storedUsers(in: server.database) == load.delivered)
  }
}
