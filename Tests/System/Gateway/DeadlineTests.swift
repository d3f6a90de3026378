import Foundation
import TestSupport
import Testing

/// One worker, and a deadline of 400 ms: what holds the worker holds the next request up.
@Suite struct DeadlineTests {
  private static let deadline = 400
  private let handler: Handler

  init() throws {
    handler = try Handler.probe(in: TemporaryFolder(), readDeadline: Self.deadline)
  }

  private static let body = [UInt8](repeating: 65, count: 200)
  private static let parameters = [
    ("REQUEST_METHOD", "POST"), ("CONTENT_LENGTH", "200"), ("FILLER", String(repeating: "x", count: 200)),
  ]
  private static let head =
    FastCGIRecord.begin() + FastCGIRecord.stream(FastCGIRecord.params, FastCGIRecord.pairs(parameters))
  private static let request = head + FastCGIRecord.stream(FastCGIRecord.stdin, body)

  /// How many bytes a peer has sent, and whether it is still answered.
  private static let phases = [
    ("before the first byte", 0, false),
    ("in the first record's header", 5, false),
    ("before the parameters", 16, false),
    ("in a parameter", 30, false),
    ("before the body", head.count, true),
    ("in the body", head.count + 50, true),
    ("before the end of the body", request.count - 8, true),
  ]

  @Test(arguments: phases)
  func `A peer that stalls is cut off at the deadline`(phase: String, count: Int, isAnswered: Bool) throws {
    let client = try handler.connect()
    client.send(Array(Self.request[..<count]))
    #expect(try Self.secondsUntilServed(by: handler) < 2)
    #expect(client.answer()?.status == (isAnswered ? 400 : nil))
  }

  @Test(arguments: phases.dropLast())
  func `A peer that drips is cut off at the deadline`(phase: String, count: Int, isAnswered: Bool) throws {
    let client = try handler.connect()
    client.send(Array(Self.request[..<count]))
    try inThreads(2) { [handler] thread in
      if thread == 0 {
        // For more than seven seconds, if nobody stops it.
        let dripped = Self.request[count...].prefix { byte in
          usleep(50_000)
          return client.send([byte])
        }
        try #require(dripped.count < 20)
      } else {
        try #require(try Self.secondsUntilServed(by: handler) < 2)
      }
    }
    #expect(client.answer()?.status == (isAnswered ? 400 : nil))
  }

  @Test func `A peer that keeps its end open after the answer does not hold the worker`() throws {
    let handler = try Handler.probe(in: TemporaryFolder(), readDeadline: 10_000)
    let client = try handler.connect()
    client.send(Self.request)
    #expect(client.answer()?.status == 200)
    #expect(try Self.secondsUntilServed(by: handler) < 1)
  }

  @Test func `A peer that goes on sending after the answer is left at the deadline`() throws {
    let client = try handler.connect()
    client.send(Self.request)
    #expect(client.answer()?.status == 200)
    let start = Date.now
    while client.send([0]) && Date.now < start + 5 { usleep(20_000) }
    #expect(Date.now < start + 2)
    #expect(try Self.secondsUntilServed(by: handler) < 2)
  }

  @Test func `The work on a whole request may take longer than the deadline`() throws {
    let client = try handler.connect()
    let parameters = Self.parameters + [("WORK_MS", "\(Self.deadline * 3)")]
    client.send(FastCGIRecord.request(parameters, body: Self.body))
    usleep(UInt32(Self.deadline) * 2000)
    #expect(client.send([0]), "cut off while the application works")
    #expect(client.answer()?.status == 200)
  }

  @Test func `A peer that has left before the answer harms nothing`() throws {
    let client = try handler.connect()
    client.send(FastCGIRecord.request(Self.parameters + [("WORK_MS", "300")], body: Self.body))
    #expect(eventually { handler.process.log.contains("working") })
    try client.close()
    #expect(try Self.secondsUntilServed(by: handler) < 2)
    #expect(handler.process.isRunning)
  }

  private static func secondsUntilServed(by handler: Handler) throws -> TimeInterval {
    let start = Date.now
    let answer = try handler.answer(parameters, body: body)
    #expect(answer?.body.utf8.elementsEqual(Self.body) == true)
    return Date.now.timeIntervalSince(start)
  }
}
