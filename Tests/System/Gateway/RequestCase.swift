import TestSupport
import Testing

/// A request and its expected answer, independent of the transport.
struct RequestCase: Sendable, CustomTestStringConvertible {
  /// The body limit for which the cases are written.
  static let limit = 2000

  let testDescription: String
  private let body: [UInt8]
  private let secret: String
  /// Parameters that replace the delivery's; nil removes one.
  private let changes: [String: String?]
  let status: Int
  /// The outcome or error in the body; nil for an answer without a body.
  let word: String?

  init(
    _ name: String, _ changes: [String: String?] = [:], sending payload: String = Payload.user(id: "user_1"),
    paddedTo length: Int = 0, secret: String = SignedDelivery.secret, is status: Int, _ word: String?
  ) {
    testDescription = name
    self.changes = changes
    self.status = status
    self.word = word
    body = Array((payload + String(repeating: " ", count: max(0, length - payload.utf8.count))).utf8)
    self.secret = secret
  }

  /// Signs the request and sends it.
  func send(to endpoint: any Endpoint) throws -> Answer? {
    let delivery = try SignedDelivery(body, secret: secret)
    var values = Dictionary(uniqueKeysWithValues: delivery.parameters)
    for (name, value) in changes { values[name] = value }
    return try endpoint.answer(values.map { ($0.key, $0.value) }, body: body)
  }

  static let deliveries = [
    RequestCase("created", is: 200, "applied"),
    RequestCase("updated", sending: Payload.user("user.updated", id: "user_1"), is: 200, "applied"),
    RequestCase("deleted", sending: Payload.deleted(id: "user_1"), is: 200, "applied"),
    RequestCase("of another type", sending: #"{"type":"session.created","data":{}}"#, is: 200, "ignored"),
    RequestCase("not JSON", sending: "{", is: 400, "malformed_event"),
    RequestCase("an empty body", sending: "", is: 400, "malformed_event"),
    RequestCase("signed with another secret", secret: "whsec_AAAA", is: 400, "invalid_signature"),
    RequestCase("without an id", ["HTTP_SVIX_ID": nil], is: 400, "missing_headers"),
    RequestCase("with an empty signature", ["HTTP_SVIX_SIGNATURE": ""], is: 400, "missing_headers"),
    RequestCase(
      "with two ids joined by the server", ["HTTP_SVIX_ID": "msg_1, msg_1"], is: 400, "invalid_signature"),
  ]

  static let lengths = [
    RequestCase("empty", ["CONTENT_LENGTH": ""], is: 200, "applied"),
    RequestCase("absent", ["CONTENT_LENGTH": nil], is: 200, "applied"),
    RequestCase("with leading zeros", ["CONTENT_LENGTH": "0002000"], paddedTo: limit, is: 200, "applied"),
    RequestCase("negative", ["CONTENT_LENGTH": "-1"], is: 400, "incomplete_body"),
    RequestCase("signed", ["CONTENT_LENGTH": "+5"], is: 400, "incomplete_body"),
    RequestCase("with a space before it", ["CONTENT_LENGTH": " 5"], is: 400, "incomplete_body"),
    RequestCase("with a space after it", ["CONTENT_LENGTH": "5 "], is: 400, "incomplete_body"),
    RequestCase("hexadecimal", ["CONTENT_LENGTH": "0x5"], is: 400, "incomplete_body"),
    RequestCase("in other digits", ["CONTENT_LENGTH": "٥"], is: 400, "incomplete_body"),
    RequestCase(
      "one more than the body", ["CONTENT_LENGTH": "2000"], paddedTo: 1999, is: 400, "incomplete_body"),
    RequestCase("at the limit", paddedTo: limit, is: 200, "applied"),
    RequestCase("one over the limit", paddedTo: limit + 1, is: 413, "body_too_large"),
    RequestCase("the largest number", ["CONTENT_LENGTH": "9223372036854775807"], is: 413, "body_too_large"),
    RequestCase(
      "larger than a machine integer", ["CONTENT_LENGTH": "99999999999999999999"], is: 413, "body_too_large"),
    RequestCase("absent, at the limit", ["CONTENT_LENGTH": nil], paddedTo: limit, is: 200, "applied"),
    RequestCase(
      "absent, over the limit", ["CONTENT_LENGTH": nil], paddedTo: limit + 1, is: 413, "body_too_large"),
    RequestCase("far over the limit, with the body sent", paddedTo: 1_000_000, is: 413, "body_too_large"),
  ]

  static let routes = [
    RequestCase("the script", ["SCRIPT_NAME": "/cgi-bin/clerk-sync.fcgi"], is: 200, "applied"),
    RequestCase(
      "the script as .cgi", ["SCRIPT_NAME": "/clerk-sync.cgi", "PATH_INFO": ""], is: 200, "applied"),
    RequestCase(
      "a path behind the script", ["SCRIPT_NAME": "/a.fcgi", "PATH_INFO": "/api/webhooks"], is: 200, "applied"
    ),
    RequestCase("a path behind a prefix", ["SCRIPT_NAME": "/app/api/webhooks"], is: 200, "applied"),
    RequestCase("no path", ["SCRIPT_NAME": nil], is: 200, "applied"),
    RequestCase("a trailing slash", ["SCRIPT_NAME": "/api/webhooks/"], is: 200, "applied"),
    RequestCase(
      "a further path",
      ["SCRIPT_NAME": "/a.fcgi", "PATH_INFO": "/hooks/clerk/", "CLERK_SYNC_PATH": "/x,/hooks/clerk"],
      is: 200, "applied"),
    RequestCase(
      "a further path that cannot be used",
      ["SCRIPT_NAME": "/hooks/clerk", "CLERK_SYNC_PATH": "hooks/clerk"], is: 500,
      "configuration_error"),
    RequestCase("another path", ["SCRIPT_NAME": "/api/other"], is: 404, "not_found"),
    RequestCase("a path that goes on", ["SCRIPT_NAME": "/api/webhooks/x"], is: 404, "not_found"),
    RequestCase("GET", ["REQUEST_METHOD": "GET"], is: 405, "method_not_allowed"),
    RequestCase("PUT", ["REQUEST_METHOD": "PUT"], is: 405, "method_not_allowed"),
    RequestCase("no method", ["REQUEST_METHOD": nil], is: 405, "method_not_allowed"),
    RequestCase("HEAD", ["REQUEST_METHOD": "HEAD"], is: 405, nil),
    RequestCase(
      "GET of health", ["REQUEST_METHOD": "GET", "SCRIPT_NAME": "/api/health"], sending: "", is: 200, "ok"),
    RequestCase(
      "GET of health behind the script, with an empty length",
      ["REQUEST_METHOD": "GET", "SCRIPT_NAME": "/a.fcgi", "PATH_INFO": "/api/health", "CONTENT_LENGTH": ""],
      sending: "", is: 200, "ok"),
    RequestCase(
      "HEAD of health", ["REQUEST_METHOD": "HEAD", "SCRIPT_NAME": "/api/health"], sending: "", is: 200, nil),
    RequestCase("POST to health", ["SCRIPT_NAME": "/api/health"], is: 405, "method_not_allowed"),
  ]
}
