import Foundation
import Svix

/// A signed delivery, and what a web server makes of it.
public struct SignedDelivery: Sendable {
  public static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  public var id: String
  public var timestamp: String
  public var signature: String
  public var body: [UInt8]

  /// Signs `body`, by default with the secret the handlers under test are given, now.
  public init(
    _ body: [UInt8], id: String? = nil, secret: String = SignedDelivery.secret,
    timestamp: String? = nil
  ) throws {
    self.id = id ?? "msg_\(UUID().uuidString)"
    self.timestamp = timestamp ?? "\(Int(Date.now.timeIntervalSince1970))"
    self.body = body
    let key = try Secret(secret)
    signature = "\(try Signature(of: body, id: self.id, timestamp: self.timestamp, secret: key))"
  }

  public init(_ body: String) throws {
    try self.init(Array(body.utf8))
  }

  /// The meta-variables of its POST.
  public var parameters: [(String, String)] {
    [
      ("GATEWAY_INTERFACE", "CGI/1.1"), ("REQUEST_METHOD", "POST"), ("SCRIPT_NAME", "/api/webhooks"),
      ("CONTENT_TYPE", "application/json"), ("CONTENT_LENGTH", "\(body.count)"), ("HTTP_SVIX_ID", id),
      ("HTTP_SVIX_TIMESTAMP", timestamp), ("HTTP_SVIX_SIGNATURE", signature),
    ]
  }
}
