import Foundation
import TestSupport
import Testing

/// The read deadline. There is one worker, so a peer that blocks it also blocks the next request.
@Suite(.waits) struct DeadlineTests {
  /// In milliseconds.
  private static let deadline = 500
  private let folder: TemporaryFolder
  private let handler: Handler

  init() throws {
    folder = try TemporaryFolder()
    handler = try Handler.probe(in: folder, readDeadline: Self.deadline)
  }

  private static let body = [UInt8](repeating: 65, count: 200)
  /// Long enough that sending them byte by byte outlasts every test.
  private static let parameters = [
    ("REQUEST_METHOD", "POST"), ("CONTENT_LENGTH", "200"), ("FILLER", String(repeating: "x", count: 60_000)),
  ]
  private static let head =
    FastCGIRecord.begin() + FastCGIRecord.stream(FastCGIRecord.params, FastCGIRecord.pairs(parameters))
  private static let request = head + FastCGIRecord.stream(FastCGIRecord.stdin, body)

  /// The number of bytes sent before the peer stalls, and whether it still gets an answer.
  private static let phases = [
    ("before the first byte", 0, false),
    ("in the first record's header", 5, false),
    ("before the parameters", 16, false),
    ("in a parameter", 60, false),
    ("before the body", head.count, true),
    ("in the body", head.count + 50, true),
    ("before the end of the body", request.count - 8, true),
  ]

  @Test(arguments: phases)
  func `A stalled peer is disconnected at the deadline`(phase: String, count: Int, isAnswered: Bool) throws {
    // On a stalled machine the deadline may come before the handler has read what was sent.
    #expect(
      try eventually {
        let client = try handler.connect()
        client.send(Array(Self.request[..<count]))
        return client.answer()?.status == (isAnswered ? 400 : nil)
      })
    #expect(try serves())
  }

  @Test(arguments: [0, 5, 16, 60])
  func `A peer that sends byte by byte is disconnected at the deadline`(count: Int) throws {
    let client = try handler.connect()
    client.send(Array(Self.request[..<count]))
    let start = Date.now
    for byte in Self.request[count...] {
      guard client.send([byte]), Date.now < start + testTimeout else { break }
      usleep(20_000)
    }
    #expect(Date.now < start + testTimeout)
    #expect(client.answer() == nil)
    #expect(try serves())
  }

  @Test func `A peer that sends its body byte by byte is disconnected at the deadline`() throws {
    let client = try handler.connect()
    client.send(
      FastCGIRecord.begin()
        + FastCGIRecord.stream(FastCGIRecord.params, FastCGIRecord.pairs([("CONTENT_LENGTH", "100000")])))
    let start = Date.now
    while Date.now < start + testTimeout, client.send(FastCGIRecord.record(FastCGIRecord.stdin, [65])) {
      usleep(20_000)
    }
    #expect(Date.now < start + testTimeout)
    #expect(try serves())
  }

  @Test func `A peer that stays connected after the answer does not block the worker`() throws {
    let hour = 3_600_000
    let handler = try Handler.probe(in: TemporaryFolder(), readDeadline: hour)
    let client = try handler.connect()
    client.send(Self.request)
    #expect(client.answer()?.status == 200)
    #expect(try handler.answer(Self.parameters, body: Self.body)?.status == 200)
  }

  @Test func `A peer that keeps sending after the answer is disconnected at the deadline`() throws {
    let client = try handler.connect()
    client.send(Self.request)
    #expect(client.answer()?.status == 200)
    let start = Date.now
    while Date.now < start + testTimeout, client.send([0]) { usleep(20_000) }
    #expect(Date.now < start + testTimeout)
    #expect(try serves())
  }

  @Test func `The application may take longer than the deadline`() throws {
    let client = try handler.connect()
    client.send(working())
    #expect(eventually { handler.process.log.contains("working") })
    usleep(UInt32(Self.deadline) * 2000)
    #expect(client.send([0]), "disconnected while the application works")
    try folder.write("", to: "done")
    #expect(client.answer()?.status == 200)
  }

  @Test func `A peer that disconnects before the answer does no harm`() throws {
    let client = try handler.connect()
    client.send(working())
    #expect(eventually { handler.process.log.contains("working") })
    try client.close()
    try folder.write("", to: "done")
    #expect(try serves())
    #expect(handler.process.isRunning)
  }

  /// A request that is answered once the file `done` exists.
  private func working() -> [UInt8] {
    FastCGIRecord.request(Self.parameters + [("WORK_UNTIL", folder.file("done"))], body: Self.body)
  }

  /// Whether the worker answers complete requests. A stalled machine may cut one off, which is then sent
  /// again.
  private func serves() throws -> Bool {
    try eventually {
      try handler.answer(Self.parameters, body: Self.body)?.body.utf8.elementsEqual(Self.body) == true
    }
  }
}
