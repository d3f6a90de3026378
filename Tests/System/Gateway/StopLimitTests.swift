import Foundation
import TestSupport
import Testing

/// The time that a stop leaves to what is in progress.
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

  @Test func `Work that ends within the limit is answered`() throws {
    let handler = try Handler.probe(in: folder, stopLimit: Int(patience) * 1000, threads: 3)
    let clients = try (0..<3).map { _ in try handler.connect() }
    for client in clients { client.send(request()) }
    #expect(eventually { handler.process.log.components(separatedBy: "working").count == 4 })
    handler.process.send(SIGTERM)
    try folder.write("", to: "done")
    #expect(clients.allSatisfy { $0.answer()?.body == "body" })
    #expect(handler.process.exitStatus() == 0)
    #expect(handler.process.log.hasSuffix("stopped, cut off: 0\n"))
  }

  @Test func `Work that goes on is cut off at the limit, and counted`() throws {
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

  @Test func `A peer that stalls during the stop is cut off at its deadline`() throws {
    let handler = try Handler.probe(in: folder, readDeadline: 700, stopLimit: Int(patience) * 1000)
    let client = try handler.connect()
    client.send(Array(request().dropLast(10)))
    #expect(try eventually { try handler.process.connections == 1 })
    handler.process.send(SIGTERM)
    #expect(client.answer()?.status == 400)
    #expect(handler.process.exitStatus() == 0)
    #expect(handler.process.log.hasSuffix("stopped, cut off: 0\n"))
  }
}
