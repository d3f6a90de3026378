import Foundation
import TestSupport
import Testing

/// Tests that apply to every server.
@Suite(.programs) struct EveryServerTests {
  @Test(arguments: ServerKind.allCases)
  func `Each request gets the answer in the table, and the users table the given row`(
    kind: ServerKind
  ) throws {
    let server = try kind.start()
    let table = DeliveryCase.table(for: kind)
    let requests = table.map { $0.requests(to: server) }
    var answers = try Sender.send(requests.flatMap(\.self))[...]
    let rows = try DatabaseFile(server.database).rows(
      "SELECT id, firstName || ' ' || role FROM users", columns: 2)
    for (delivery, requests) in zip(table, requests) {
      #expect(
        answers.prefix(requests.count - 1).allSatisfy { $0.status == 200 }, "\(delivery.testDescription)")
      let answer = try #require(answers.dropFirst(requests.count - 1).first)
      answers = answers.dropFirst(requests.count)
      let row = rows.first { $0.first == delivery.userID }?.last ?? nil
      check(answer, row, delivery.expectation(behind: kind), "\(delivery.testDescription)")
    }
    #expect(rows.count == table.filter { $0.expectation(behind: kind).row != nil }.count)
  }

  @Test(arguments: ServerKind.allCases)
  func `A further path of the webhook works once the server passes it on`(kind: ServerKind) throws {
    let server = try kind.start(
      settings: ["CLERK_SYNC_PATH": "/api/webhooks/clerk"], changes: [("webhooks/?", "webhooks(?:/clerk)?/?")]
    )
    let paths = ["/api/webhooks/clerk", "/api/webhooks/clerk/", "/api/webhooks"]
    let answers = try Sender.send(
      paths.enumerated().map { server.request(Payload.user(id: "user_\($0.offset)"), at: $0.element) })
    #expect(answers.map { $0["outcome"] } == ["applied", "applied", "applied"])
    #expect(try server.answer(server.reading("/api/webhooks/clerk")).status == 405)
    #expect(
      try server.answer(server.request(Payload.user(id: "user_x"), at: "/api/webhooks/other")).status == 404)
  }

  @Test(arguments: ServerKind.allCases)
  func `A hundred deliveries over eight connections all arrive`(kind: ServerKind) throws {
    let server = try kind.start()
    let requests = (0..<100).map { server.request(Payload.user(id: "user_\($0)")) }
    let answers = try Sender.send(requests, connections: 8)
    #expect(answers.allSatisfy { $0.status == 200 && $0["outcome"] == "applied" })
    #expect(try DatabaseFile(server.database).rows("SELECT count(*) FROM users") == [["100"]])
  }

  @Test(arguments: ServerKind.allCases)
  func `A disconnecting sender changes nothing and does not affect others`(kind: ServerKind) throws {
    let server = try kind.start()
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
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
    #expect(try server.answer(server.request(Payload.user(id: "user_2"))).status == 200)
    #expect(
      try DatabaseFile(server.database).rows("SELECT id FROM users ORDER BY id") == [["user_1"], ["user_2"]])

    // A complete request whose sender does not wait for the response is applied, or not at all.
    try TCPConnection(server.url).send(request[...])
    #expect(try server.answer(server.request(Payload.user(id: "user_3"))).status == 200)
  }

  @Test(arguments: ServerKind.allCases)
  func `The log contains the request, and reports a body compressed in transit`(kind: ServerKind) throws {
    let server = try kind.start()
    var request = server.request(Payload.user(id: "user_1"))
    request.way = .compressed
    #expect(try server.answer(request).status == 400)
    let reason = "the body is compressed, which Svix does not do: let no proxy or CDN on the way"
    #expect(eventually { server.errorLog.contains(reason) }, "\(server.errorLog)")
    #expect(server.errorLog.contains("outcome=invalid_signature"))
  }

  @Test(arguments: ServerKind.allCases, [0, 1])
  func `After a stop no process remains`(kind: ServerKind, requests: Int) throws {
    var server: (any WebServer)? = try kind.start()
    let path = try #require(server?.folder.path)
    for _ in 0..<requests { _ = try server.map { try $0.answer($0.request(Payload.user(id: "user_1"))) } }
    #expect(try !RunningProcesses.using(path).isEmpty)
    server = nil
    #expect(try eventually { try RunningProcesses.using(path).isEmpty })
  }

  private func check(
    _ answer: Sender.Answer, _ row: String?, _ expected: DeliveryCase.Expectation, _ name: String
  ) {
    #expect(answer.status == expected.status, "\(name)")
    #expect(row == expected.row, "\(name)")
    for header in ["webhook-delivery", "allow"] {
      #expect(answer.headers[header] == expected.headers[header], "\(name)")
    }
    guard let word = expected.word else { return }
    #expect((answer["outcome"] ?? answer["error"] ?? answer["status"]) == word, "\(name)")
    #expect(answer.headers["content-type"] == "application/json", "\(name)")
    #expect((answer["message"]?.isEmpty == false) == (answer["error"] != nil), "\(name)")
  }
}
