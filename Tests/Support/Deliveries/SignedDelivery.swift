import Foundation
import Svix

/// A signed delivery and its FastCGI parameters.
public struct SignedDelivery: Sendable {
  public static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  public var id: String
  public var timestamp: String
  public var signature: String
  public var body: [UInt8]

  /// Signs `body`. The defaults are the secret of the handlers under test and the current time.
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

extension SignedDelivery {
  /// Posts the delivery to the webhook of the server at `url`. Returns whether the answer was 200.
  ///
  /// - Parameter address: a local IPv4 address to send from; by default that of the route.
  public func isAccepted(by url: String, from address: String? = nil) throws -> Bool {
    let head = """
      POST /api/webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.count)\r\n\
      Connection: close\r\nsvix-id: \(id)\r\nsvix-timestamp: \(timestamp)\r\n\
      svix-signature: \(signature)\r\n\r\n
      """
    let connection = try TCPConnection(url, from: address)
    connection.send((Array(head.utf8) + body)[...])
    return connection.receive().hasPrefix("HTTP/1.1 200 ")
  }
}
