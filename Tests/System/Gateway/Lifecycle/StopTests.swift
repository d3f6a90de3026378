import Foundation
import SQLite
import TestSupport
import Testing

/// TERM, INT, QUIT and USR1 all stop the handler gracefully, whatever its state.
@Suite(.waits) struct StopTests {
  private let handler: Handler
  private let delivery: SignedDelivery

  init() throws {
    handler = try Handler(in: TemporaryFolder())
    delivery = try SignedDelivery(Payload.user(id: "user_1"))
  }

  /// Four workers and the thread that receives signals.
  private static let threads = 5

  static let signals = [("TERM", SIGTERM), ("INT", SIGINT), ("QUIT", SIGQUIT), ("USR1", SIGUSR1)]

  @Test(arguments: signals)
  func `A signal ends an idle handler`(name: String, signal: Int32) throws {
    #expect(try handler.isHealthy())
    handler.process.send(signal)
    #expect(handler.process.exitStatus() == 0)
    #expect(handler.process.log.hasSuffix("info stopped\n"))
  }

  /// The length of FCGI_BEGIN_REQUEST, in bytes.
  private static let begin = FastCGIRecord.begin().count

  @Test(arguments: signals, ["the parameters", "the body", "the end of the body"])
  func `After a signal a request in progress is completed and answered`(
    signal: (String, Int32), phase: String
  ) throws {
    let head =
      FastCGIRecord.begin()
      + FastCGIRecord.stream(FastCGIRecord.params, FastCGIRecord.pairs(delivery.parameters))
    let request = head + FastCGIRecord.stream(FastCGIRecord.stdin, delivery.body)
    let sent =
      switch phase {
      case "the parameters": head.count / 2
      case "the body": head.count + delivery.body.count / 2
      default: request.count - 8
      }
    let client = try handler.connect()
    client.send(Array(request[..<sent]))
    try stopOneBusyWorker(client, signal.1)
    client.send(Array(request[sent...]))
    #expect(client.answer()?["outcome"] == "applied")
    #expect(handler.process.exitStatus() == 0)
    #expect(try storedUsers(in: handler.folder.file("app.db")) == ["user_1"])
  }

  @Test(arguments: signals)
  func `After a signal the application finishes its work`(name: String, signal: Int32) throws {
    #expect(try handler.isHealthy())
    let database = try Connection(path: handler.folder.file("app.db"), mode: .mustExist)
    try database.run("BEGIN EXCLUSIVE")
    let client = try handler.connect()
    client.send(FastCGIRecord.request(delivery.parameters, body: delivery.body))
    try stopOneBusyWorker(client, signal)
    try database.run("ROLLBACK")
    #expect(client.answer()?["outcome"] == "applied")
    #expect(handler.process.exitStatus() == 0)
    #expect(try storedUsers(in: handler.folder.file("app.db")) == ["user_1"])
  }

  @Test func `Many signals at once act as one`() throws {
    #expect(try handler.isHealthy())
    for (_, signal) in Self.signals + Self.signals { handler.process.send(signal) }
    #expect(handler.process.exitStatus() == 0)
  }

  @Test func `After a signal waiting connections are left to the next handler`() throws {
    let folder = try TemporaryFolder()
    let listener = try UnixSocket.listen(at: folder.file("s"))
    let first = try Handler(in: folder, listener: listener, log: "first.log")
    let busy = try first.connect()
    busy.send(FastCGIRecord.begin())
    #expect(try eventually { try first.process.connections == 1 })
    #expect(try eventually { try first.process.threads == Self.threads })
    first.process.send(SIGTERM)
    #expect(try eventually { try first.process.threads == Self.threads - 3 })
    let waiting = try first.connect()
    waiting.send(FastCGIRecord.request(delivery.parameters, body: delivery.body))
    let second = try Handler(in: folder, listener: listener, log: "second.log")
    #expect(waiting.answer()?["outcome"] == "applied")
    #expect(second.process.isRunning)
    try busy.close()
    #expect(first.process.exitStatus() == 0)
  }

  /// Sends the signal once a worker has read everything from `client`, and waits for the other workers to
  /// end.
  private func stopOneBusyWorker(_ client: FastCGIClient, _ signal: Int32) throws {
    #expect(try eventually { try handler.process.connections == 1 })
    #expect(eventually { client.unreadBytes == 0 })
    #expect(try eventually { try handler.process.threads == Self.threads })
    handler.process.send(signal)
    #expect(try eventually { try handler.process.threads == Self.threads - 3 })
  }
}
