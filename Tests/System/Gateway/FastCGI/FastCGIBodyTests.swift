import Foundation
import TestSupport
import Testing

@Suite(.programs) struct FastCGIBodyTests {
  private let handler: Handler
  private let delivery: SignedDelivery
  /// FCGI_BEGIN_REQUEST and the parameters.
  private let head: [UInt8]

  /// One worker, so that damage from one connection shows on the next.
  init() throws {
    handler = try Handler(in: TemporaryFolder(), environment: ["CLERK_SYNC_THREADS": "1"])
    delivery = try SignedDelivery(Payload.user(id: "user_1"))
    head =
      FastCGIRecord.begin()
      + FastCGIRecord.stream(FastCGIRecord.params, FastCGIRecord.pairs(delivery.parameters))
  }

  @Test(arguments: [1, 2, 3, 7, 8, 64, 255, 256])
  func `The division of the body into records makes no difference`(chunk: Int) throws {
    let client = try handler.connect()
    client.send(head + FastCGIRecord.stream(FastCGIRecord.stdin, delivery.body, chunk: chunk))
    #expect(client.answer()?["outcome"] == "applied")
  }

  @Test func `A body much larger than the buffer arrives complete`() throws {
    let padded = try SignedDelivery(
      Array(Payload.user(id: "user_1").utf8) + [UInt8](repeating: 32, count: 900_000))
    #expect(try handler.answer(padded)?["outcome"] == "applied")
  }

  @Test func `A body sent byte by byte arrives complete`() throws {
    let client = try handler.connect()
    for byte in head + FastCGIRecord.stream(FastCGIRecord.stdin, delivery.body) {
      client.send([byte])
      usleep(50)
    }
    #expect(client.answer()?["outcome"] == "applied")
  }

  @Test(arguments: [0, 1, 100])
  func `A short body is refused`(count: Int) throws {
    let client = try handler.connect()
    client.send(head + FastCGIRecord.stream(FastCGIRecord.stdin, Array(delivery.body.prefix(count))))
    let answer = client.answer()
    #expect(answer?["error"] == "incomplete_body")
    #expect(handler.process.log.contains("\(count) of \(delivery.body.count) bytes arrived"))
  }

  @Test(arguments: [1, 70_000])
  func `An excess body is refused`(count: Int) throws {
    let excess = delivery.body + [UInt8](repeating: 32, count: count)
    #expect(try handler.answer(delivery.parameters, body: excess)?["error"] == "incomplete_body")
    #expect(try handler.isHealthy())
  }

  @Test func `A body without a final empty record is refused`() throws {
    let client = try handler.connect()
    client.send(head + FastCGIRecord.record(FastCGIRecord.stdin, delivery.body))
    client.endSending()
    #expect(client.answer()?["error"] == "incomplete_body")
  }

  @Test func `A body before the parameters is not a request`() throws {
    let client = try handler.connect()
    client.send(FastCGIRecord.begin() + FastCGIRecord.stream(FastCGIRecord.stdin, delivery.body))
    client.send(Array(head.dropFirst(FastCGIRecord.begin().count)))
    #expect(client.answer() == nil)
    #expect(try handler.isHealthy())
  }

  @Test func `A request aborted within its parameters is not a request`() throws {
    let client = try handler.connect()
    let whole = FastCGIRecord.pairs(delivery.parameters)
    client.send(FastCGIRecord.begin() + FastCGIRecord.record(FastCGIRecord.params, Array(whole.prefix(20))))
    client.send(FastCGIRecord.record(FastCGIRecord.abortRequest))
    #expect(client.answer() == nil)
    #expect(try handler.isHealthy())
  }

  @Test(arguments: [0, 100, .max])
  func `A request aborted within its body is refused`(count: Int) throws {
    let client = try handler.connect()
    client.send(head + FastCGIRecord.record(FastCGIRecord.stdin, Array(delivery.body.prefix(count))))
    client.send(FastCGIRecord.record(FastCGIRecord.abortRequest))
    let answer = client.answer()
    #expect(answer == nil || answer?["error"] == "incomplete_body")
    #expect(try handler.isHealthy())
  }

  @Test func `A peer may disconnect at any byte of the body`() throws {
    #expect(try handler.isHealthy())
    let descriptors = try #require(try handler.process.idleDescriptors())
    let body = FastCGIRecord.stream(FastCGIRecord.stdin, delivery.body)
    for count in 0..<body.count {
      let client = try handler.connect()
      client.send(head + Array(body[..<count]))
      try client.close()
    }
    #expect(try handler.isHealthy())
    #expect(try storedUsers(in: handler.folder.file("app.db")).isEmpty)
    #expect(try handler.process.idleDescriptors() == descriptors)
  }

  @Test func `A delivery is applied even if the peer disconnects before the answer`() throws {
    let client = try handler.connect()
    client.send(head + FastCGIRecord.stream(FastCGIRecord.stdin, delivery.body))
    try client.close()
    #expect(try handler.isHealthy())
    #expect(try storedUsers(in: handler.folder.file("app.db")) == ["user_1"])
  }
}
