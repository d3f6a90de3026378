import Foundation
import TestSupport
import Testing

/// Each line of the response table, through nginx.
@Suite struct RefusalTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let status: Int
    let error: String
    var headers: [String: String] = [:]
    let change: @Sendable (inout Sender.Request) -> Void

    init(
      _ description: String, _ status: Int, _ error: String, headers: [String: String] = [:],
      _ change: @escaping @Sendable (inout Sender.Request) -> Void
    ) {
      (testDescription, self.status, self.error, self.headers) = (description, status, error, headers)
      self.change = change
    }
  }

  private static let abort = ["webhook-delivery": "abort-message"]

  static let cases = [
    Case("no signature at all", 400, "missing_headers") { $0.secret = nil },
    Case("no svix-id", 400, "missing_headers") { $0.headers["svix-id"] = "(none)" },
    Case("no svix-timestamp", 400, "missing_headers") { $0.headers["svix-timestamp"] = "(none)" },
    Case("an empty svix-signature", 400, "missing_headers") { $0.headers["svix-signature"] = "" },
    Case("another endpoint's secret", 400, "invalid_signature") {
      $0.secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    },
    Case("a changed id", 400, "invalid_signature") { $0.headers["svix-id"] = "msg_other" },
    Case("signed 301 s ago", 400, "invalid_signature") { $0.age = 310 },
    Case("signed 301 s ahead", 400, "invalid_signature") { $0.age = -310 },
    Case("a timestamp that is no number", 400, "invalid_signature") { $0.headers["svix-timestamp"] = "now" },
    Case("not JSON", 400, "malformed_event", headers: abort) { $0.body = Data("users=1".utf8) },
    Case("an empty body", 400, "malformed_event", headers: abort) { $0.body = Data() },
    Case("a user who signed up by phone", 400, "no_primary_email", headers: abort) {
      $0.body = Data(#"{"type":"user.created","data":{"id":"user_1","email_addresses":[]}}"#.utf8)
    },
    Case("no user id", 400, "no_user_id", headers: abort) {
      $0.body = Data(#"{"type":"user.deleted","data":{"deleted":true}}"#.utf8)
    },
    Case("2 MB", 413, "body_too_large") { $0.body = Data(repeating: 0x20, count: 2_000_000) },
    Case("a GET", 405, "method_not_allowed", headers: ["allow": "POST"]) { $0.method = "GET" },
    Case("a POST to health", 405, "method_not_allowed", headers: ["allow": "GET, HEAD"]) {
      $0.url = $0.url.replacing("webhooks", with: "health")
    },
  ]

  @Test func `Each refusal has its status and its error`() throws {
    let server = try NginxServer()
    let requests = Self.cases.map { refusal in
      var request = server.request(Payload.user(id: "user_1"))
      refusal.change(&request)
      return request
    }
    for (refusal, answer) in zip(Self.cases, try Sender.send(requests)) {
      #expect(answer.status == refusal.status, "\(refusal.testDescription)")
      #expect(answer["error"] == refusal.error, "\(refusal.testDescription)")
      #expect(answer["message"]?.isEmpty == false, "\(refusal.testDescription)")
      #expect(answer.headers["content-type"] == "application/json", "\(refusal.testDescription)")
      for name in ["webhook-delivery", "allow"] {
        #expect(answer.headers[name] == refusal.headers[name], "\(refusal.testDescription)")
      }
    }
    #expect(try DatabaseFile(server.database).rows("SELECT id FROM users").isEmpty)
  }

  @Test func `Without a secret the answer is 400 and the log says how to set one`() throws {
    let server = try NginxServer(environment: ["CLERK_WEBHOOK_SIGNING_SECRET": ""])
    let answer = try server.answer(server.request(Payload.user(id: "user_1")))
    #expect(answer.status == 400)
    #expect(answer["error"] == "missing_secret")
    #expect(server.errorLog.contains("set CLERK_WEBHOOK_SIGNING_SECRET"))
  }

  @Test func `A database that cannot be written is 500, and once mended the retry is applied`() throws {
    let server = try NginxServer()
    try DatabaseFile(server.database).execute("ALTER TABLE users RENAME COLUMN role TO function")
    let request = server.request(Payload.user(id: "user_1"))
    let answer = try server.answer(request)
    #expect(answer.status == 500)
    #expect(answer["error"] == "database_error")
    #expect(server.errorLog.contains("the table must be users(id, email, "))
    try DatabaseFile(server.database).execute("ALTER TABLE users RENAME COLUMN function TO role")
    #expect(try server.answer(request).status == 200)
  }
}
