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
    ("of an authorizer", FastCGIRecord.begin(role: 2)),
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

  @Test func `Values that are asked for often are answered once, in the body too`() throws {
    let asked = FastCGIRecord.record(
      FastCGIRecord.getValues,
      FastCGIRecord.pairs(
        (0..<1000).flatMap { [("FCGI_MAX_CONNS", ""), ("FCGI_MAX_REQS", ""), ("OTHER_\($0)", "")] }), id: 0)
    let client = try handler.connect()
    let head =
      FastCGIRecord.begin()
      + FastCGIRecord.stream(FastCGIRecord.params, FastCGIRecord.pairs(delivery.parameters))
    client.send(asked + head + asked + FastCGIRecord.stream(FastCGIRecord.stdin, delivery.body))
    for _ in 1...2 {
      let values = try #require(client.record())
      #expect(values.content == FastCGIRecord.pairs([("FCGI_MAX_CONNS", "1"), ("FCGI_MAX_REQS", "1")]))
    }
    #expect(client.answer()?["outcome"] == "applied")
  }

  @Test func `An unknown management record with content is answered, and so is the request`() throws {
    let client = try handler.connect()
    client.send(FastCGIRecord.record(77, [1, 2, 3], id: 0) + request)
    #expect(try #require(client.record()).type == FastCGIRecord.unknownType)
    #expect(client.answer()?["outcome"] == "applied")
  }

  @Test func `A peer that only asks for values ends only its own connection`() throws {
    let client = try handler.connect()
    let asked = FastCGIRecord.record(
      FastCGIRecord.getValues, FastCGIRecord.pairs([("FCGI_MAX_CONNS", "")]), id: 0)
    // It reads no answer, until the handler can send no more.
    while client.send(asked) {}
    #expect(try handler.isHealthy())
  }

  @Test func `A second request on a connection is refused, and the first one answered`() throws {
    let client = try handler.connect()
    let head =
      FastCGIRecord.begin()
      + FastCGIRecord.stream(FastCGIRecord.params, FastCGIRecord.pairs(delivery.parameters))
    let second = FastCGIRecord.record(FastCGIRecord.beginRequest, [0, 1, 0, 0, 0, 0, 0, 0], id: 2)
    client.send(head + second + FastCGIRecord.record(FastCGIRecord.stdin, [65], id: 2))
    client.send(FastCGIRecord.stream(FastCGIRecord.stdin, delivery.body))
    let refusal = try #require(client.record())
    #expect(refusal.type == FastCGIRecord.endRequest)
    #expect(refusal.content[4] == 1, "FCGI_CANT_MPX_CONN")
    #expect(client.answer()?["outcome"] == "applied")
  }

  @Test func `A request is answered under its own id, whatever the padding of its records`() throws {
    func padded(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
      var record = FastCGIRecord.record(type, content, id: 0x1234)
      record[6] = 255
      return record + [UInt8](repeating: 0xff, count: 255)
    }
    let client = try handler.connect()
    client.send(padded(FastCGIRecord.beginRequest, [0, 1, 0, 0, 0, 0, 0, 0]))
    client.send(padded(FastCGIRecord.params, FastCGIRecord.pairs(delivery.parameters)))
    client.send(padded(FastCGIRecord.params, []))
    client.send(padded(FastCGIRecord.stdin, delivery.body) + padded(FastCGIRecord.stdin, []))
    #expect(client.answer(id: 0x1234)?["outcome"] == "applied")
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
