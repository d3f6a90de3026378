import Foundation
import TestSupport
import Testing

/// Bodies that are too large, cut short, or whose sender goes away.
@Suite struct BodyTests {
  @Test func `A body over the limit is refused without being read into memory`() throws {
    let server = try NginxServer(bodyLimit: "64m")
    var large = server.request("")
    large.body = Data(repeating: 0x20, count: 32_000_000)
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
    let before = try peakMemory(of: server)
    let answers = try Sender.send(Array(repeating: large, count: 4), connections: 4)
    #expect(answers.map(\.status) == [413, 413, 413, 413])
    #expect(try peakMemory(of: server) - before < 1024)
  }

  @Test func `A sender that goes away changes nothing and harms nobody`() throws {
    let server = try NginxServer()
    let delivery = try SignedDelivery(Payload.user(id: "user_cut"))
    let head = """
      POST /api/webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(delivery.body.count)\r\n\
      svix-id: \(delivery.id)\r\nsvix-timestamp: \(delivery.timestamp)\r\n\
      svix-signature: \(delivery.signature)\r\n\r\n
      """
    let request = Array(head.utf8) + delivery.body
    for length in [10, head.utf8.count, head.utf8.count + 100, request.count - 1] {
      try TCPConnection(server.url).send(request.prefix(length))
    }
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
    #expect(try DatabaseFile(server.database).rows("SELECT id FROM users") == [["user_1"]])

    // Whole, but nobody waits for the answer: it is applied all the same, or not at all.
    try TCPConnection(server.url).send(request[...])
    #expect(try server.answer(server.request(Payload.user(id: "user_2"))).status == 200)
  }

  @Test func `A chunked body arrives whole`() throws {
    let server = try NginxServer()
    let delivery = try SignedDelivery(Payload.user(id: "user_1"))
    let connection = try TCPConnection(server.url)
    let head = """
      POST /api/webhooks HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\
      svix-id: \(delivery.id)\r\nsvix-timestamp: \(delivery.timestamp)\r\n\
      svix-signature: \(delivery.signature)\r\n\r\n
      """
    let chunks = delivery.body.flatMap { Array("1\r\n".utf8) + [$0] + Array("\r\n".utf8) }
    connection.send((Array(head.utf8) + chunks + Array("0\r\n\r\n".utf8))[...])
    #expect(connection.receive().hasPrefix("HTTP/1.1 200"))
  }

  @Test func `A header sent twice is refused`() throws {
    let server = try NginxServer()
    let delivery = try SignedDelivery(Payload.user(id: "user_1"))
    let connection = try TCPConnection(server.url)
    let head = """
      POST /api/webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(delivery.body.count)\r\n\
      Connection: close\r\nsvix-id: \(delivery.id)\r\nsvix-id: \(delivery.id)\r\n\
      svix-timestamp: \(delivery.timestamp)\r\nsvix-signature: \(delivery.signature)\r\n\r\n
      """
    connection.send((Array(head.utf8) + delivery.body)[...])
    #expect(connection.receive().hasPrefix("HTTP/1.1 400"))
    #expect(server.errorLog.contains("svix-id came more than once"))
  }

  /// The handler's greatest resident size so far, in KiB.
  private func peakMemory(of server: NginxServer) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(server.handlerID)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return try #require(line?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
  }
}
