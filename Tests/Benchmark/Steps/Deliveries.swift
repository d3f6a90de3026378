import Gateway
import Svix

/// Signed requests of distinct messages about distinct users, as nginx passes them on.
struct Deliveries {
  private static let id = "user_29w83sxmDNGwOuEthce5gg56FcC"
  private static let email = "example@example.org"

  let secret: Secret
  private let payload: String
  private var count = 0

  /// `payload` is the body of a `user.created` event about the user of Clerk's documentation.
  init(payload: String) throws {
    // 32 bytes in base64, as Svix makes them, less the padding.
    secret = try Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwbenchmarkAA")
    self.payload = payload
  }

  mutating func next(now: Int64) throws -> Request {
    count += 1
    let text =
      payload
      .replacing(Self.id, with: "user_\(count)")
      .replacing(Self.email, with: "user\(count)@example.org")
    let body = Array(text.utf8)
    let id = "msg_\(count)"
    let timestamp = "\(now)"
    let signature = try Signature(of: body, id: id, timestamp: timestamp, secret: secret)
    return Request(
      parameters: Parameters([
        ("QUERY_STRING", ""), ("REQUEST_METHOD", "POST"), ("CONTENT_TYPE", "application/json"),
        ("CONTENT_LENGTH", "\(body.count)"), ("SCRIPT_NAME", "/api/webhooks"),
        ("REQUEST_URI", "/api/webhooks"), ("DOCUMENT_URI", "/api/webhooks"),
        ("DOCUMENT_ROOT", "/usr/share/clerk-sync/www"), ("SERVER_PROTOCOL", "HTTP/1.1"),
        ("REQUEST_SCHEME", "https"), ("HTTPS", "on"), ("GATEWAY_INTERFACE", "CGI/1.1"),
        ("SERVER_SOFTWARE", "nginx/1.22.1"), ("REMOTE_ADDR", "203.0.113.7"), ("REMOTE_PORT", "40000"),
        ("SERVER_ADDR", "198.51.100.7"), ("SERVER_PORT", "443"), ("SERVER_NAME", "app.example.org"),
        ("REDIRECT_STATUS", "200"), ("HTTP_HOST", "app.example.org"), ("HTTP_ACCEPT", "*/*"),
        ("HTTP_USER_AGENT", "Svix-Webhooks/1.62.0"), ("HTTP_SVIX_ID", id),
        ("HTTP_SVIX_TIMESTAMP", timestamp), ("HTTP_SVIX_SIGNATURE", signature.description),
      ]), body: body)
  }
}
