import Foundation
import TestSupport
import Testing

@Suite(.programs) struct FastCGIProtocolTests {
  private let handler: Handler
  private let delivery: SignedDelivery

  init() throws {
    handler = try Handler(in: TemporaryFolder(), environment: ["CLERK_SYNC_THREADS": "1"])
    delivery = try SignedDelivery(Payload.user(id: "user_1"))
  }

  private var request: [UInt8] { FastCGIRecord.request(delivery.parameters, body: delivery.body) }

  @Test(arguments: [
    (
      "of another version",
      FastCGIRecord.record(FastCGIRecord.beginRequest, [0, 1, 0, 0, 0, 0, 0, 0], version: 2)
    ),
    ("of version 0", FastCGIRecord.record(FastCGIRecord.beginRequest, [0, 1, 0, 0, 0, 0, 0, 0], version: 0)),
    ("of an unknown role", FastCGIRecord.begin(role: 9)),
    ("of a short begin", FastCGIRecord.record(FastCGIRecord.beginRequest, [0, 1])),
    (
      "of a long begin",
      FastCGIRecord.record(FastCGIRecord.beginRequest, [UInt8](repeating: 0, count: 60_000))
    ),
    ("of the id 0", FastCGIRecord.record(FastCGIRecord.beginRequest, [0, 1, 0, 0, 0, 0, 0, 0], id: 0)),
    ("of HTTP", Array("POST /api/webhooks HTTP/1.1\r\nHost: a\r\n\r\n".utf8)),
    ("of noise", [UInt8](repeating: 0xff, count: 4096)),
    ("of nothing", []),
  ])
  func `A connection that begins in any other way is closed`(kind: String, beginning: [UInt8]) throws {
    let client = try handler.connect()
    client.send(beginning + request.dropFirst(FastCGIRecord.begin().count))
    client.endSending()
    #expect(client.answer() == nil)
    #expect(eventually { handler.process.log.contains("no complete FastCGI request") })
    #expect(try handler.isHealthy())
    #expect(try storedUsers(in: handler.folder.file("app.db")).isEmpty)
  }

  @Test func `Management records before a request are answered, and so is the request`() throws {
    let client = try handler.connect()
    let asked = FastCGIRecord.pairs([("FCGI_MPXS_CONNS", "")])
    client.send(FastCGIRecord.record(FastCGIRecord.getValues, asked, id: 0))
    client.send(FastCGIRecord.record(77, id: 0) + request)
    let values = try #require(client.record())
    #expect(values.type == FastCGIRecord.getValuesResult)
    #expect(values.content == FastCGIRecord.pairs([("FCGI_MPXS_CONNS", "0")]))
    let unknown = try #require(client.record())
    #expect(unknown.type == FastCGIRecord.unknownType)
    #expect(unknown.content.first == 77)
    #expect(client.answer()?["outcome"] == "applied")
  }

  /// libfcgi reads the content of such a record as the next record's header.
  @Test func `An unknown management record with content ends only its own connection`() throws {
    let client = try handler.connect()
    client.send(FastCGIRecord.record(77, [1, 2, 3], id: 0) + request)
    #expect(client.answer() == nil)
    #expect(try handler.isHealthy())
  }

  @Test func `A connection is closed after the answer, even if asked to be kept`() throws {
    let client = try handler.connect()
    client.send(FastCGIRecord.begin(flags: 1) + request.dropFirst(FastCGIRecord.begin().count))
    #expect(client.answer()?["outcome"] == "applied")
    #expect(client.isClosedByPeer())
  }

  @Test(arguments: ["", "2>/dev/null", "2>&-"])
  func `A request's log line goes to the process's standard error, or else to its own`(
    redirection: String
  ) throws {
    let handler = try Handler(in: TemporaryFolder(), command: #"exec "$0" \#(redirection)"#)
    let client = try handler.connect()
    client.send(request)
    let answer = try #require(client.answer())
    #expect(answer.standardError.contains("outcome=applied") == !redirection.isEmpty)
    #expect(handler.process.log.contains("outcome=applied") == redirection.isEmpty)
  }

  @Test func `Requests on several connections at once are all answered`() throws {
    let handler = try Handler(in: TemporaryFolder(inMemory: true))
    try inThreads(16) { client in
      for number in 0..<10 {
        let answer = try handler.answer(SignedDelivery(Payload.user(id: "user_\(client)_\(number)")))
        try #require(answer?["outcome"] == "applied")
      }
    }
    #expect(try storedUsers(in: handler.folder.file("app.db")).count == 160)
    // A worker that wakes for a connection taken by another worker keeps waiting and logs nothing.
    #expect(!handler.process.log.contains("could not be accepted"))
  }

  @Test func `With all workers but one waiting for peers, the last one still answers`() throws {
    let handler = try Handler(in: TemporaryFolder(), environment: ["CLERK_SYNC_THREADS": "4"])
    let waiting = try (0..<3).map { _ in try handler.connect() }
    for client in waiting { client.send(Array(request.prefix(100))) }
    #expect(try eventually { try handler.process.connections == 3 })
    #expect(try handler.isHealthy())
    for client in waiting { client.send(Array(request.dropFirst(100))) }
    let outcomes = waiting.compactMap { $0.answer()?["outcome"] }
    #expect(outcomes.sorted() == ["applied", "duplicate", "duplicate"])
  }
}
