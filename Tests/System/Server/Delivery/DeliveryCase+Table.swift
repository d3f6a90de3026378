import Foundation
import TestSupport

extension DeliveryCase {
  static let table = events + refusals + transports

  private static let later = 1_654_012_824_306
  private static let created: Change = { _, _ in }
  private static let updated: Change = { request, user in
    request.body = Data(
      Payload.user("user.updated", id: user, firstName: "Augusta", role: "admin", updatedAt: later).utf8)
  }
  private static let deleted: Change = { $0.body = Data(Payload.deleted(id: $1).utf8) }
  private static func body(_ text: String) -> Change { { request, _ in request.body = Data(text.utf8) } }

  private static let events = [
    DeliveryCase("a new user", 200, "applied", row: "Ada client"),
    DeliveryCase("an update", 200, "applied", row: "Augusta admin", after: [created], change: updated),
    DeliveryCase("a deletion", 200, "applied", after: [created], change: deleted),
    DeliveryCase("a deleted user's late creation", 200, "stale", after: [deleted]),
    DeliveryCase("a creation after the update", 200, "stale", row: "Augusta admin", after: [updated]),
    DeliveryCase("a message that comes again", 200, "duplicate", row: "Ada client", after: [created]) {
      $0.id = "msg_\($1)_0"
    },
    DeliveryCase("an event about a session", 200, "ignored", change: body(#"{"type":"session.created"}"#)),
    DeliveryCase("the headers without a brand", 200, "applied", row: "Ada client") { request, _ in
      request.family = "webhook"
    },
    DeliveryCase("a trailing slash", 200, "applied", row: "Ada client") { request, _ in request.url += "/" },
    DeliveryCase("a health check", 200, "ok") { request, _ in
      (request.url, request.method) = (request.url.replacing("webhooks", with: "health"), "GET")
      (request.body, request.secret) = (Data(), nil)
    },
  ]

  /// No retry can repair these.
  private static let abort = ["webhook-delivery": "abort-message"]

  private static let refusals = [
    DeliveryCase("no signature at all", 400, "missing_headers") { request, _ in request.secret = nil },
    DeliveryCase("no svix-id", 400, "missing_headers") { request, _ in request.headers["svix-id"] = "(none)"
    },
    DeliveryCase("no svix-timestamp", 400, "missing_headers") { request, _ in
      request.headers["svix-timestamp"] = "(none)"
    },
    DeliveryCase("an empty svix-signature", 400, "missing_headers") { request, _ in
      request.headers["svix-signature"] = ""
    },
    DeliveryCase("another endpoint's secret", 400, "invalid_signature") { request, _ in
      request.secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    },
    DeliveryCase("a changed id", 400, "invalid_signature") { request, _ in
      request.headers["svix-id"] = "msg_other"
    },
    DeliveryCase("signed 310 s ago", 400, "invalid_signature") { request, _ in request.age = 310 },
    DeliveryCase("signed 310 s ahead", 400, "invalid_signature") { request, _ in request.age = -310 },
    DeliveryCase("a timestamp that is no number", 400, "invalid_signature") { request, _ in
      request.headers["svix-timestamp"] = "now"
    },
    DeliveryCase("not JSON", 400, "malformed_event", headers: abort, change: body("users=1")),
    DeliveryCase("an empty body", 400, "malformed_event", headers: abort, change: body("")),
    DeliveryCase("a user who signed up by phone", 400, "no_primary_email", headers: abort) {
      $0.body = Data(#"{"type":"user.created","data":{"id":"\#($1)","email_addresses":[]}}"#.utf8)
    },
    DeliveryCase(
      "no user id", 400, "no_user_id", headers: abort,
      change: body(#"{"type":"user.deleted","data":{"deleted":true}}"#)),
    DeliveryCase("a GET", 405, "method_not_allowed", headers: ["allow": "POST"]) { request, _ in
      (request.method, request.body) = ("GET", Data())
    },
    DeliveryCase("a PUT", 405, "method_not_allowed", headers: ["allow": "POST"]) { request, _ in
      request.method = "PUT"
    },
    DeliveryCase("a POST to health", 405, "method_not_allowed", headers: ["allow": "GET, HEAD"]) {
      request, _ in request.url = request.url.replacing("webhooks", with: "health")
    },
    DeliveryCase("another path", 404, nil) { request, _ in
      request.url = request.url.replacing("webhooks", with: "other")
    },
  ]

  private static let transports = [
    DeliveryCase(
      "a chunked body", 200, "applied", row: "Ada client",
      // The server passes a length of -1 without waiting for the body. Svix never sends chunks.
      except: [.caddy: Expectation(status: 400, word: "incomplete_body")]
    ) { request, _ in request.way = .chunked },
    DeliveryCase("compressed on the way", 400, "invalid_signature") { request, _ in request.way = .compressed
    },
    DeliveryCase("a svix-id sent twice", 400, "invalid_signature") { request, _ in request.way = .idSentTwice
    },
    DeliveryCase(
      "a header that a variable mixes up with svix-id", 200, "applied", row: "Ada client",
      // Other servers drop names with an underscore. These two merge both names into one variable, so neither value can
      // be trusted.
      except: [.lighttpd, .lighttpdSocket].reduce(into: [:]) { exceptions, kind in
        exceptions[kind] = Expectation(status: 400, word: "invalid_signature")
      },
      // The server passes on one of the two, not always the same one.
      notBehind: [.caddy]
    ) { request, _ in request.headers["svix_id"] = "msg_forged" },
    DeliveryCase("a Proxy header", 200, "applied", row: "Ada client") { request, _ in
      request.headers["proxy"] = "http://proxy.example"
    },
    DeliveryCase("a header named like a setting", 200, "applied", row: "Ada client") { request, _ in
      request.headers["clerk-webhook-signing-secret"] = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    },
    DeliveryCase("a body of 100 KB", 200, "applied", row: "Ada client") { request, _ in
      request.body += Data(repeating: 0x20, count: 100_000)
    },
    DeliveryCase(
      "a body of 200 KB", 200, "applied", row: "Ada client",
      // mod_fcgid accepts at most 131072 bytes, and answers 500 to more.
      except: [.apacheSharedHosting: Expectation(status: 500, word: nil)]
    ) { request, _ in request.body += Data(repeating: 0x20, count: 200_000) },
    DeliveryCase(
      "a body of 2 MB", 413, nil, except: [.apacheSharedHosting: Expectation(status: 500, word: nil)]
    ) { request, _ in request.body = Data(repeating: 0x20, count: 2_000_000) },
  ]
}
