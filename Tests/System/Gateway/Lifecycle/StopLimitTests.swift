import Foundation
import TestSupport
import Testing

/// The time limit that a stop sets for requests in progress.
@Suite(.waits) struct StopLimitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// A request that is answered once the file `done` exists.
  private func request() -> [UInt8] {
    FastCGIRecord.request(
      [("REQUEST_METHOD", "POST"), ("CONTENT_LENGTH", "4"), ("WORK_UNTIL", folder.file("done"))],
      body: Array("body".utf8))
  }

  @Test func `Requests that finish within the limit are answered`() throws {
    let handler = try Handler.probe(in: folder, stopLimit: Int(testTimeout) * 1000, threads: 3)
    let clients = try (0..<3).map { _ in try handler.connect() }
    for client in clients { client.send(request()) }
    #expect(eventually { handler.process.log.components(separatedBy: "working").count == 4 })
    handler.process.send(SIGTERM)
    try folder.write("", to: "done")
    #expect(clients.allSatisfy { $0.answer()?.body == "body" })
    #expect(handler.process.exitStatus() == 0)
    #expect(handler.process.log.hasSuffix("stopped, cut off: 0\n"))
  }

  @Test func `A request that exceeds the limit is aborted and counted`() throws {
    let handler = try Handler.probe(in: folder, stopLimit: 300, threads: 2)
    let client = try handler.connect()
    client.send(request())
    #expect(eventually { handler.process.log.contains("working") })
    let start = Date.now
    handler.process.send(SIGTERM)
    #expect(handler.process.exitStatus() == 0)
    #expect(Date.now > start + 0.3)
    #expect(handler.process.log.hasSuffix("stopped, cut off: 1\n"))
    #expect(client.answer() == nil)
  }

  @Test func `A peer that stalls during the stop is disconnected at its deadline`() throws {
    let handler = try Handler.probe(in: folder, readDeadline: 2000, stopLimit: Int(testTimeout) * 1000)
    let client = try handler.connect()
    client.send(Array(request().dropLast(10)))
    #expect(try eventually { try handler.process.connections == 1 })
    handler.process.send(SIGTERM)
    #expect(client.answer()?.status == 400)
    #expect(handler.process.exitStatus() == 0)
    #expect(handler.process.log.hasSuffix("stopped, cut off: 0\n"))
  }
}
