import Foundation
import TestSupport
import Testing

/// Tests of the optional lines and the limits in nginx's server block.
@Suite(.programs) struct NginxSettingTests {
  @Test(arguments: [("--http2", "2 200"), ("--http1.1", "1.1 200")])
  func `With the TLS lines, a delivery arrives over HTTP 2 and 1`(version: String, answer: String) throws {
    let server = try NginxServer(isSecure: true)
    let delivery = try SignedDelivery(Payload.user(id: "user_1"))
    #expect(try Curl.post(delivery, to: server.url + "/api/webhooks", version) == answer)
    #expect(try DatabaseFile(server.database).rows("SELECT id FROM users") == [["user_1"]])
  }

  @Test func `Over HTTP 2 too, a body changed in transit is rejected`() throws {
    let server = try NginxServer(isSecure: true)
    var delivery = try SignedDelivery(Payload.user(id: "user_1"))
    delivery.body.append(0x20)
    let answer = try Curl.post(delivery, to: server.url + "/api/webhooks", "--http2")
    #expect(answer == "2 400")
    #expect(try DatabaseFile(server.database).rows("SELECT id FROM users").isEmpty)
  }

  @Test(arguments: [("", 403), ("allow 127.0.0.1;\n", 200)])
  func `With the list of Svix's addresses, other addresses are rejected`(further: String, status: Int) throws
  {
    let server = try NginxServer(changes: [
      ("# allow ", "allow "), ("# deny all;", "\(further)    deny all;"),
    ])
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == status)
    #expect(try DatabaseFile(server.database).rows("SELECT id FROM users").count == (status == 200 ? 1 : 0))
  }

  @Test func `An address over the rate limit gets 429, and the handler is not called`() throws {
    let server = try NginxServer(changes: [("rate=100r/s", "rate=1r/m"), ("burst=500", "burst=5")])
    let answers = try Sender.send((0..<10).map { server.request(Payload.user(id: "user_\($0)")) })
    #expect(answers.map(\.status) == Array(repeating: 200, count: 6) + Array(repeating: 429, count: 4))
    #expect(try DatabaseFile(server.database).rows("SELECT count(*) FROM users") == [["6"]])
  }
}
