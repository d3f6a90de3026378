import ArgumentParser
import Foundation
import Svix

/// The headers under which Svix delivers a body, signed here.
struct SvixHeaders {
  let id: String
  let fields: [(name: String, value: String)]

  /// `timestamp` is in seconds since 1970; by default now.
  init(signing body: [UInt8], id: String?, timestamp: Int64? = nil, secret: Secret) throws {
    let id = id ?? ClerkID.random("msg")
    let timestamp = "\(timestamp ?? Int64(Date.now.timeIntervalSince1970))"
    let signature = try Signature(of: body, id: id, timestamp: timestamp, secret: secret)
    self.id = id
    fields = [("svix-id", id), ("svix-timestamp", timestamp), ("svix-signature", "\(signature)")]
  }

  /// Takes an id that a header can carry; a full stop would make what is signed ambiguous.
  @Sendable static func messageID(_ text: String) throws -> String {
    guard !text.isEmpty, text.unicodeScalars.allSatisfy({ ("!"..."~").contains($0) && $0 != "." }) else {
      throw ValidationError("expected visible ASCII characters without a full stop, such as msg_1")
    }
    return text
  }
}
