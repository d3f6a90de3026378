import Gateway
import TestSupport
import Testing

/// A request that fails, and its expected answer.
struct FailingRequest: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let status: Int
  let code: String
  var allow: String?
  /// A part of the reason in the log; nil if the log has no reason.
  let reason: String?
  let exchange: @Sendable () throws -> Exchange

  init(
    _ name: String, _ status: Int, _ code: String, allow: String? = nil, reason: String?,
    _ exchange: @escaping @Sendable () throws -> Exchange
  ) {
    (testDescription, self.status, self.code) = (name, status, code)
    (self.allow, self.reason, self.exchange) = (allow, reason, exchange)
  }

  static let all = paths + incomplete + headers + signatures + events + databases + settings

  private static let user = Payload.user(id: "user_1")

  private static let paths = [
    FailingRequest("unknown path", 404, "not_found", reason: nil) {
      try TestApplication().respond([("REQUEST_METHOD", "POST"), ("SCRIPT_NAME", "/other")])
    },
    FailingRequest("GET of the webhook", 405, "method_not_allowed", allow: "POST", reason: nil) {
      try TestApplication().respond([("REQUEST_METHOD", "GET"), ("SCRIPT_NAME", "/api/webhooks")])
    },
    FailingRequest("POST of the health", 405, "method_not_allowed", allow: "GET, HEAD", reason: nil) {
      try TestApplication().respond([("REQUEST_METHOD", "POST"), ("SCRIPT_NAME", "/api/health")])
    },
  ]

  private static let incomplete = [
    FailingRequest(
      "body too long", 413, "body_too_large", reason: "longer than CLERK_SYNC_MAX_BODY, 1000 bytes"
    ) {
      try TestApplication().respond(to: .bodyTooLarge(limit: 1000))
    },
    FailingRequest("body too short", 400, "incomplete_body", reason: "3 of 10 bytes arrived") {
      try TestApplication().respond(to: .incompleteBody(expected: 10, received: 3))
    },
    FailingRequest("body cut off", 400, "incomplete_body", reason: "3 of an unknown number of bytes arrived")
    {
      try TestApplication().respond(to: .incompleteBody(expected: nil, received: 3))
    },
    FailingRequest(
      "body longer than announced", 400, "incomplete_body", reason: "more than the announced 10 bytes"
    ) {
      try TestApplication().respond(to: .excessBody(expected: 10))
    },
    FailingRequest(
      "length not a number", 400, "incomplete_body", reason: "CONTENT_LENGTH is not a decimal number"
    ) {
      try TestApplication().respond(to: .malformedContentLength)
    },
  ]

  private static let headers =
    ["ID", "TIMESTAMP", "SIGNATURE"].flatMap { name in
      let header = "svix-\(name.lowercased())"
      return [
        FailingRequest("no \(header)", 400, "missing_headers", reason: "no \(header)") {
          let delivery = try TestApplication.delivery(user)
          return try TestApplication().respond(
            delivery.parameters.filter { $0.0 != "HTTP_SVIX_\(name)" }, body: delivery.body)
        },
        FailingRequest("empty \(header)", 400, "missing_headers", reason: "no \(header)") {
          try TestApplication().respond(TestApplication.delivery(user), [("HTTP_SVIX_\(name)", "")])
        },
        FailingRequest("doubled \(header)", 400, "invalid_signature", reason: "\(header) came more than once")
        {
          let delivery = try TestApplication.delivery(user)
          let doubled = delivery.parameters.filter { $0.0 == "HTTP_SVIX_\(name)" }
          return try TestApplication().respond(delivery.parameters + doubled, body: delivery.body)
        },
      ]
    } + [
      FailingRequest(
        "no svix header", 400, "missing_headers", reason: "no svix-id, svix-timestamp, svix-signature"
      ) {
        try TestApplication().respond([("REQUEST_METHOD", "POST"), ("SCRIPT_NAME", "/api/webhooks")])
      }
    ]

  private static let signatures = [
    FailingRequest(
      "signed with another secret", 400, "invalid_signature",
      reason: "no matching signature among 1 entries and 1 secrets"
    ) {
      try TestApplication().respond(
        TestApplication.delivery(user, secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"))
    },
    FailingRequest("body changed", 400, "invalid_signature", reason: "no matching signature") {
      var delivery = try TestApplication.delivery(user)
      delivery.body.append(10)
      return try TestApplication().respond(delivery)
    },
    FailingRequest("body compressed", 400, "invalid_signature", reason: "the body is compressed") {
      var delivery = try TestApplication.delivery(user)
      delivery.body = [0x1f, 0x8b, 8, 0] + delivery.body
      return try TestApplication().respond(delivery)
    },
    FailingRequest("body encoded", 400, "invalid_signature", reason: "the body is compressed") {
      var delivery = try TestApplication.delivery(user)
      delivery.body.append(10)
      return try TestApplication().respond(delivery, [("HTTP_CONTENT_ENCODING", "br")])
    },
    FailingRequest("body not encoded", 400, "invalid_signature", reason: "check the secret and the raw body")
    {
      var delivery = try TestApplication.delivery(user)
      delivery.body.append(10)
      return try TestApplication().respond(delivery, [("HTTP_CONTENT_ENCODING", "Identity")])
    },
    FailingRequest("signature junk", 400, "invalid_signature", reason: "among 2 entries") {
      try TestApplication().respond(TestApplication.delivery(user), [("HTTP_SVIX_SIGNATURE", "v1, junk")])
    },
    FailingRequest(
      "timestamp malformed", 400, "invalid_signature", reason: "the timestamp is not a number of seconds"
    ) {
      try TestApplication().respond(TestApplication.delivery(user, timestamp: "0\(TestApplication.now)"))
    },
    FailingRequest(
      "timestamp in milliseconds", 400, "invalid_signature",
      reason: "the timestamp is in milliseconds: send seconds"
    ) {
      try TestApplication().respond(TestApplication.delivery(user, timestamp: "\(TestApplication.now)000"))
    },
    FailingRequest(
      "timestamp outside another tolerance", 400, "invalid_signature",
      reason: "clock skew of 11 s, 10 allowed"
    ) {
      try TestApplication().respond(
        TestApplication.delivery(user, timestamp: "\(TestApplication.now - 11)"),
        [("CLERK_SYNC_TOLERANCE", "10")])
    },
    FailingRequest("timestamp too old", 400, "invalid_signature", reason: "clock skew of 301 s, 300 allowed")
    {
      try TestApplication().respond(TestApplication.delivery(user, timestamp: "\(TestApplication.now - 301)"))
    },
    FailingRequest(
      "timestamp in the future", 400, "invalid_signature", reason: "clock skew of -301 s, 300 allowed"
    ) {
      try TestApplication().respond(TestApplication.delivery(user, timestamp: "\(TestApplication.now + 301)"))
    },
    FailingRequest(
      "full stop in the id", 400, "invalid_signature", reason: "the message id holds a full stop"
    ) {
      try TestApplication().respond(TestApplication.delivery(user, id: "msg.1"))
    },
  ]

  private static let events = [
    FailingRequest("not JSON", 400, "malformed_event", reason: "the body is not JSON") {
      try TestApplication().respond("ada@example.org Lovelace")
    },
    FailingRequest("empty body", 400, "malformed_event", reason: "the body is not JSON") {
      try TestApplication().respond("")
    },
    FailingRequest("no type", 400, "malformed_event", reason: #"the body lacks "type""#) {
      try TestApplication().respond(#"{"data":{"email":"ada@example.org"}}"#)
    },
    FailingRequest(
      "name of a wrong type", 400, "malformed_event", reason: "data.last_name is not a string"
    ) {
      try TestApplication().respond(UserEvent(data: ["last_name": #"["Lovelace"]"#]).body)
    },
    FailingRequest("phone-only user", 400, "no_primary_email", reason: "no address in email_addresses") {
      try TestApplication().respond(UserEvent(data: ["primary_email_address_id": "null"]).body)
    },
    FailingRequest(
      "example of the dashboard", 400, "no_primary_email", reason: "an example event of the Clerk dashboard"
    ) {
      try TestApplication().respond(UserEvent(data: ["email_addresses": "[]"]).body)
    },
    FailingRequest("refused, but not recorded", 500, "database_error", reason: "not a database") {
      let application = try TestApplication()
      try application.database.folder.write(String(repeating: "Lovelace ", count: 200), to: "app.db")
      return try application.respond("ada@example.org Lovelace")
    },
    FailingRequest(
      "event of another instance", 400, "wrong_instance",
      reason: "the event's instance_id is not that of CLERK_SYNC_INSTANCE: give the other Clerk instance"
    ) {
      try TestApplication().respond(
        TestApplication.delivery(UserEvent(envelope: ["instance_id": #""ins_owner-only""#]).body),
        [("CLERK_SYNC_INSTANCE", "ins_1")])
    },
    FailingRequest(
      "event without an instance", 400, "wrong_instance",
      reason: "the event has no instance_id, and CLERK_SYNC_INSTANCE"
    ) {
      try TestApplication().respond(TestApplication.delivery(user), [("CLERK_SYNC_INSTANCE", "ins_1")])
    },
    FailingRequest("no user id", 400, "no_user_id", reason: "data.id is missing or empty") {
      try TestApplication().respond(UserEvent("user.deleted", data: ["id": nil]).body)
    },
  ]
}
