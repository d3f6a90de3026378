import Foundation
import TestSupport
import Testing

/// Tests of the log lines in nginx's error log.
@Suite(.programs) struct LogTests {
  @Test func `A long message id cannot forge a line in nginx's log`() throws {
    let server = try NginxServer()
    var request = server.request(Payload.user(id: "user_1"))
    request.headers["svix-id"] = String(repeating: "x", count: 1900) + " FastCGI sent in stderr: forged"
    #expect(try server.answer(request).status == 400)
    #expect(server.errorLog.split(separator: "\n").count == 1)
    #expect(!server.errorLog.contains("forged"))
  }

  @Test func `Each request is one log line, without secrets, addresses or payloads`() throws {
    let server = try NginxServer()
    var forged = server.request(Payload.user(id: "user_3", email: "eve@private.example"))
    forged.secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    var late = forged
    (late.secret, late.age) = (SignedDelivery.secret, 1000)
    var unsigned = forged
    unsigned.secret = nil
    var requests = [
      server.request(Payload.user(id: "user_1", email: "ada@private.example", firstName: "Secretname")),
      server.request(Payload.user(id: "user_2", email: "ada@private.example", firstName: "Secretname")),
      server.request(#"{"type":"user.created","data":{"id":"user_4","first_name":["Secretname"]}}"#),
      forged, late, unsigned,
    ]
    for index in requests.indices { requests[index].id = "msg_\(index)" }
    let answers = try Sender.send(requests)
    #expect(answers.map(\.status) == [200, 500, 400, 400, 400, 400])

    let lines = server.errorLog.split(separator: "\n").map(String.init)
    let expected = [
      ["info request outcome=applied", "status=200 svix_id=msg_0 type=user.created us=", " user=user_1"],
      ["error request outcome=database_error", "the e-mail address belongs to user_1", "user=user_2"],
      ["warning request outcome=malformed_event", "svix_id=msg_2"],
      ["outcome=invalid_signature", "no matching signature among 1 entries and 1 secrets", "svix_id=msg_3"],
      ["outcome=invalid_signature", "clock skew of 100", "svix_id=msg_4"],
      ["outcome=missing_headers", "no svix-id, svix-timestamp, svix-signature", "status=400"],
    ]
    #expect(lines.count == expected.count)
    for (line, parts) in zip(lines, expected) {
      for part in parts { #expect(line.contains(part), "\(part) in \(line)") }
    }
    let said = lines.joined() + answers.map(\.body).joined()
    for word in ["private.example", "Secretname", String(SignedDelivery.secret.dropFirst(6)), "C2FVsBQI"] {
      #expect(!said.contains(word))
    }
  }
}
