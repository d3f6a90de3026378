import Foundation
import Synchronization
import TestSupport
import Testing

/// A handler that is restarted behind a web server that knows nothing of it.
@Suite(.load) struct LifeCycleTests {
  @Test(arguments: Handover.allCases)
  func `Ten restarts behind nginx under load lose nothing and refuse nothing`(handover: Handover) throws {
    // The load is far beyond what the limit is for.
    let server = try NginxServer(changes: [("rate=100r/s", "rate=100000r/s")])
    // nginx looks for the socket with each request: from here on it finds this one, which no handler owns.
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
