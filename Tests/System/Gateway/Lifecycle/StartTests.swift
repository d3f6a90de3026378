import Foundation
import TestSupport
import Testing

@testable import Gateway

/// Detection of the way in which the program was started.
@Suite(.programs) struct StartTests {
  private static let usage: Int32 = 64
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func `Started by hand, it prints its usage and exits with the usage status`() throws {
    let process = try ChildProcess(Handler.executable, output: folder.file("log"))
    #expect(process.exitStatus() == Self.usage)
    #expect(process.log.contains("started by a web server"))
  }

  @Test func `A listening socket on standard input means FastCGI, whatever the environment`() throws {
    let handler = try Handler(in: folder, environment: ["GATEWAY_INTERFACE": "CGI/1.1"])
    #expect(try handler.isHealthy())
  }

  @Test func `Without standard output and error, no output reaches another descriptor`() throws {
    let handler = try Handler(in: folder, command: #"exec "$0" >&- 2>&-"#)
    for _ in 0..<8 {
      let client = try handler.connect()
      client.send(Array("not a FastCGI record".utf8))
      client.endSending()
    }
    for _ in 0..<8 { #expect(try handler.isHealthy()) }
    #expect(handler.process.log.isEmpty)
  }

  @Test func `A non-blocking listener is served`() throws {
    let listener = try UnixSocket.listen(at: folder.file("s"))
    let number = listener.fileDescriptor
    #expect(fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) == 0)
    let handlers = try (0..<2).map { try Handler(in: folder, listener: listener, log: "\($0).log") }
    for handler in handlers + handlers { #expect(try handler.isHealthy()) }
    #expect(handlers.allSatisfy { $0.process.isRunning && !$0.process.log.contains("error") })
  }

  @Test func `A socket passed on descriptor 3 is served`() throws {
    let handler = try activated(pid: "$$", count: "1")
    #expect(try handler.isHealthy())
    handler.process.send(SIGTERM)
    #expect(handler.process.exitStatus() == 0)
  }

  @Test(arguments: [("1", "1"), ("", "1"), ("$$", "0"), ("$$", "2"), ("$$", "")])
  func `A socket for another process, or more than one socket, is ignored`(pid: String, count: String) throws
  {
    #expect(try activated(pid: pid, count: count).process.exitStatus() == Self.usage)
  }

  @Test func `With standard input closed, it prints its usage`() throws {
    let handler = try Handler(in: folder, command: #"exec "$0" <&-"#)
    #expect(handler.process.exitStatus() == Self.usage)
  }

  @Test(arguments: [
    ("CLERK_SYNC_THREADS", "0"), ("CLERK_SYNC_MAX_BODY", "1M"), ("CLERK_WEBHOOK_SIGNING_SECRET", "whsec_?"),
    ("CLERK_SYNC_LOG", "xml"), ("CLERK_SYNC_TOLERANCE", "0"), ("CLERK_SYNC_TOLERANCE", "-300"),
    ("CLERK_SYNC_INSTANCE", "2fZ0b"), ("CLERK_SYNC_PATH", "hooks/clerk"), ("CLERK_SYNC_PATH", "/api/metrics"),
    ("CLERK_WEBHOOK_SIGNING_SECRET_FILE", "/nowhere"),
  ])
  func `An invalid setting ends the start and is named`(name: String, value: String) throws {
    let cleared = ["CLERK_WEBHOOK_SIGNING_SECRET": ""]
    let handler = try Handler(in: folder, environment: cleared.merging([name: value]) { $1 })
    #expect(handler.process.exitStatus() == 78)
    #expect(handler.process.log.contains(name))
  }

  @Test(arguments: [("900", false), ("901", true)])
  func `A long tolerance is warned of at the start`(tolerance: String, isWarned: Bool) throws {
    let handler = try Handler(in: folder, environment: ["CLERK_SYNC_TOLERANCE": tolerance])
    #expect(try handler.isHealthy())
    let warning = "warning CLERK_SYNC_TOLERANCE is 901: a delivery that somebody has recorded"
    #expect(handler.process.log.contains(warning) == isWarned, "\(handler.process.log)")
  }

  @Test func `GATEWAY_INTERFACE distinguishes a CGI process from one started by hand`() {
    #expect(Transport.detect(Parameters([("GATEWAY_INTERFACE", "CGI/1.1")])) == .cgi)
    #expect(Transport.detect(Parameters([("REQUEST_METHOD", "POST")])) == nil)
  }

  @Test func `A passed socket belongs to the process named by LISTEN_PID`() {
    let own = Parameters([
      ("LISTEN_PID", "\(getpid())"), ("LISTEN_FDS", "1"), ("GATEWAY_INTERFACE", "CGI/1.1"),
    ])
    #expect(Transport.detect(own) == .fastCGI(listener: 3))
    let other = Parameters([("LISTEN_PID", "\(getpid() + 1)"), ("LISTEN_FDS", "1")])
    #expect(Transport.detect(other) == nil)
  }

  /// Starts a handler with the listener on descriptor 3, as systemd passes it, and nothing on standard input.
  private func activated(pid: String, count: String) throws -> Handler {
    try Handler(
      in: folder, command: #"exec 3<&0 0</dev/null; LISTEN_PID=\#(pid) LISTEN_FDS=\#(count) exec "$0""#)
  }
}
