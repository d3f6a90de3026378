import Foundation
import TestSupport
import Testing

@Suite(.programs) struct LeakTests {
  @Test func `Ten thousand requests leak no descriptors, threads or memory`() throws {
    let handler = try Handler(in: TemporaryFolder(inMemory: true))
    try send(2000, to: handler)
    let before = try #require(try handler.process.idleDescriptors())
    let threads = try handler.process.threads
    let memory = try handler.process.memory

    try send(10_000, to: handler)
    #expect(try handler.process.idleDescriptors() == before)
    #expect(try handler.process.threads == threads)
    let growth = try handler.process.memory - memory
    #expect(growth <= 1_048_576)
  }

  /// Accepted, refused and aborted deliveries in turn, from four clients at once.
  private func send(_ count: Int, to handler: Handler) throws {
    try inThreads(4) { client in
      let forged = try SignedDelivery(Array(Payload.user(id: "user_0").utf8), secret: "whsec_AAAA")
      for number in 0..<count / 4 {
        switch number % 5 {
        case 0, 1:
          let delivery = try SignedDelivery(Payload.user(id: "user_\(client)_\(number % 100)"))
          try #require(try handler.answer(delivery)?.status == 200)
        case 2:
          try #require(try handler.answer(forged)?.status == 400)
        case 3:
          let answer = try handler.answer([("REQUEST_METHOD", "POST"), ("CONTENT_LENGTH", "99999999")])
          try #require(answer?.status == 413)
        default:
          let request = FastCGIRecord.request(forged.parameters, body: forged.body)
          let cut = try handler.connect()
          cut.send(Array(request.prefix(number % request.count)))
          try cut.close()
        }
      }
    }
  }
}
