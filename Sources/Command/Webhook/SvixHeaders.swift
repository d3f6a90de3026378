import ArgumentParser
import Foundation
import Svix

/// The headers of a body that Svix and Standard Webhooks define, with a signature made here.
struct SvixHeaders {
  let id: String
  let fields: [(name: String, value: String)]

  /// Signs the body. `timestamp` is in seconds since 1970; the default is now. The names begin with `prefix`: `svix`, or
  /// `webhook` for Standard Webhooks.
  init(
    signing body: [UInt8], id: String?, timestamp: Int64? = nil, secret: Secret, prefix: String = "svix"
  ) throws {
    let id = id ?? ClerkID.random("msg")
    let timestamp = "\(timestamp ?? Int64(Date.now.timeIntervalSince1970))"
    let signature = try Signature(of: body, id: id, timestamp: timestamp, secret: secret)
    self.id = id
    fields = [
      ("\(prefix)-id", id), ("\(prefix)-timestamp", timestamp), ("\(prefix)-signature", "\(signature)"),
    ]
  }

  /// Parses a message id given as an option. A full stop would make the signed content ambiguous.
  @Sendable static func messageID(_ text: String) throws -> String {
    guard !text.isEmpty, text.unicodeScalars.allSatisfy({ ("!"..."~").contains($0) && $0 != "." }) else {
      throw ValidationError("expected visible ASCII characters without a full stop, such as msg_1")
    }
    return text
  }
}
