import Foundation
import TestSupport
import Testing

@Suite(.programs) struct FastCGIParametersTests {
  private let handler: Handler
  private let delivery: SignedDelivery

  /// One worker, so that damage from one connection shows on the next.
  init() throws {
    handler = try Handler(in: TemporaryFolder(), environment: ["CLERK_SYNC_THREADS": "1"])
    delivery = try SignedDelivery(Payload.user(id: "user_1"))
  }

  @Test func `A connection closed at any byte of its parameters harms no other`() throws {
    #expect(try handler.isHealthy())
    let descriptors = try #require(try handler.process.idleDescriptors())
    let whole =
      FastCGIRecord.begin()
      + FastCGIRecord.stream(FastCGIRecord.params, FastCGIRecord.pairs(delivery.parameters))
    for count in 0..<whole.count {
      let client = try handler.connect()
      client.send(Array(whole[..<count]))
      try client.close()
      try #require(try handler.isHealthy(), "after \(count) bytes")
    }
    #expect(try handler.process.idleDescriptors() == descriptors)
  }

  @Test func `A stream of parameters that ends at any byte is not a request`() throws {
    let pairs = FastCGIRecord.pairs(delivery.parameters)
    for count in 0..<pairs.count {
      let client = try handler.connect()
      client.send(FastCGIRecord.begin() + FastCGIRecord.stream(FastCGIRecord.params, Array(pairs[..<count])))
      client.send(FastCGIRecord.stream(FastCGIRecord.stdin, delivery.body))
      try #require(client.answer()?.status != 200, "after \(count) bytes")
    }
    #expect(try handler.isHealthy())
    #expect(try storedUsers(in: handler.folder.file("app.db")).isEmpty)
  }

  @Test func `The division of the parameters into records makes no difference`() throws {
    let pairs = FastCGIRecord.pairs(delivery.parameters)
    for chunk in 1...pairs.count {
      let client = try handler.connect()
      client.send(FastCGIRecord.begin() + FastCGIRecord.stream(FastCGIRecord.params, pairs, chunk: chunk))
      client.send(FastCGIRecord.stream(FastCGIRecord.stdin, delivery.body))
      let outcome = chunk == 1 ? "applied" : "duplicate"
      try #require(client.answer()?["outcome"] == outcome, "in records of \(chunk) bytes")
    }
  }

  @Test(arguments: [126, 127, 128, 129, 20_000])
  func `A name or value of any length is read`(length: Int) throws {
    let text = String(repeating: "A", count: length)
    let answer = try handler.answer([(text, text)] + delivery.parameters, body: delivery.body)
    #expect(answer?["outcome"] == "applied")
  }

  @Test func `A four-byte length is read where one byte would suffice`() throws {
    let long: [UInt8] = [0x80, 0, 0, 1, 0x80, 0, 0, 1, 65, 66]
    let client = try handler.connect()
    client.send(FastCGIRecord.begin())
    client.send(FastCGIRecord.stream(FastCGIRecord.params, long + FastCGIRecord.pairs(delivery.parameters)))
    client.send(FastCGIRecord.stream(FastCGIRecord.stdin, delivery.body))
    #expect(client.answer()?["outcome"] == "applied")
  }

  @Test(arguments: ["\0", "\0tail", "tail\0", "\u{1}", "\u{FFFD}"])
  func `A control character in a signed header never matches`(text: String) throws {
    var parameters = delivery.parameters
    parameters.removeAll { $0.0 == "HTTP_SVIX_ID" }
    let answer = try handler.answer(parameters + [("HTTP_SVIX_ID", "msg_x\(text)")], body: delivery.body)
    #expect(answer?["error"] == "invalid_signature")
    #expect(try handler.isHealthy())
  }

  @Test(arguments: ["HTTP_SVIX_ID", "HTTP_SVIX_TIMESTAMP", "HTTP_SVIX_SIGNATURE"])
  func `A repeated signed header is refused, even with equal values`(name: String) throws {
    let again = delivery.parameters.filter { $0.0 == name }
    let answer = try handler.answer(delivery.parameters + again, body: delivery.body)
    #expect(answer?["error"] == "invalid_signature")
    #expect(answer?.standardError.contains("came more than once") == true)
  }

  /// libfcgi up to 2.4.6 ends the process on the first of them (CVE-2025-23016 and a case that its first fix missed).
  @Test(
    arguments: [
      [0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xfe], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      [0xff, 0xff, 0xff, 0xff, 0, 65], [0, 0xff, 0xff, 0xff, 0xff], [0x80, 0, 0], [5, 0x80], [5],
      [3, 0, 65, 66],
      [1, 3, 65, 66, 67],
    ] as [[UInt8]])
  func `A length that the parameters do not have ends only its own connection`(pairs: [UInt8]) throws {
    let client = try handler.connect()
    client.send(FastCGIRecord.begin() + FastCGIRecord.stream(FastCGIRecord.params, pairs))
    #expect(client.answer() == nil)
    #expect(try handler.isHealthy())
    #expect(handler.process.isRunning)
  }

  @Test func `Parameters of more than a mebibyte end only their own connection`() throws {
    let filler = ("FILLER", String(repeating: "x", count: 1_048_576 - 20_000))
    let largest = try handler.answer([filler] + delivery.parameters, body: delivery.body)
    #expect(largest?["outcome"] == "applied")
    let client = try handler.connect()
    client.send(FastCGIRecord.request([filler, filler], body: delivery.body))
    #expect(client.answer() == nil)
    #expect(try handler.isHealthy())
  }
}
