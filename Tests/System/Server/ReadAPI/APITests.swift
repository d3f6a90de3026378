import Foundation
import TestSupport
import Testing

/// Tests of the read API behind every server.
@Suite(.programs) struct APITests {
  @Test(arguments: ServerKind.allCases)
  func `Each request to the API gets the answer in the table, and nothing leaks`(kind: ServerKind) throws {
    let server = try start(kind, settings: ["CLERK_SYNC_ADMIN_TOKEN": APICase.token])
    let answers = try Sender.send(APICase.table.map { $0.request(to: server) })
    #expect(answers.count == APICase.table.count)
    for (api, answer) in zip(APICase.table, answers) {
      check(answer, api.expectation(behind: kind), "\(api.testDescription): \(answer.status) \(answer.body)")
    }
    // A server may log the URL, which must not contain the token.
    let log = server.errorLog.replacing("?token=\(APICase.token)", with: "")
    let said = answers.map { "\($0.headers)\($0.body)" }.joined() + log
    #expect(!said.contains(APICase.token) && !said.contains(SignedDelivery.secret))
    #expect(try DatabaseFile(server.database).rows("SELECT count(*) FROM users") == [["2"]])
  }

  @Test(arguments: ServerKind.allCases)
  func `Without a configured token there is no API`(kind: ServerKind) throws {
    let server = try start(kind)
    let requests = [
      "users", "users/user_1", "organizations", "organizations/org_1", "deliveries", "stats", "metrics",
    ].flatMap { path in
      ["GET", "POST"].flatMap { method in
        [nil, APICase.token].map { token in
          var request = server.reading("/api/\(path)", token: token)
          request.method = method
          return request
        }
      }
    }
    let answers = try Sender.send(requests)
    #expect(answers.map(\.status) == requests.map { _ in 404 })
    #expect(answers.allSatisfy { $0["error"] == "not_found" })
    #expect(
      try server.answer(server.reading("/api/health", token: APICase.token)).body == "{\"status\":\"ok\"}\n")
  }

  /// Delivers two users.
  private func start(_ kind: ServerKind, settings: [String: String] = [:]) throws -> any WebServer {
    let server = try kind.start(settings: settings)
    let odd = APICase.oddUser
    let answers = try Sender.send([
      server.request(Payload.user(id: "user_1", role: "trainer")),
      server.request(
        Payload.user(
          id: odd.id.replacing("\"", with: #"\""#), email: "odd@example.org", firstName: odd.name)),
    ])
    try #require(answers.allSatisfy { $0["outcome"] == "applied" }, "\(server.errorLog)")
    return server
  }

  private func check(_ answer: Sender.Answer, _ expected: APICase.Expectation, _ name: String) {
    #expect(expected.statuses.contains(answer.status), "\(name)")
    #expect(answer["error"] == expected.error || expected.error == nil, "\(name)")
    if let text = expected.text { #expect(answer.body.contains(text), "\(name)") }
    for (header, value) in expected.headers { #expect(answer.headers[header] == value, "\(name)") }
    #expect(answer.headers["x-injected"] == nil, "\(name)")
    // The input is not reflected in the response, in particular not as HTML.
    for text in ["alert(2)", "DROP TABLE", "sqlite3", "SQLITE_", "no such"] {
      #expect(!answer.body.contains(text), "\(name)")
    }
    if answer.status == 200 || expected.error != nil {
      #expect(answer.headers["cache-control"] == "no-store", "\(name)")
      #expect(answer.headers["x-content-type-options"] == "nosniff", "\(name)")
      #expect(
        answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'", "\(name)")
    }
  }
}
