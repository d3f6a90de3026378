/// The three headers of a signed message.
public struct MessageHeaders: Sendable {
  /// The message's id, the same on every attempt to deliver it.
  public let id: String
  /// The time at which this attempt was signed, in seconds since 1970, not yet parsed.
  public let timestamp: String
  /// Space-separated signatures, each `version,base64`.
  public let signature: String

  /// Uses the values unchanged.
  public init(id: String, timestamp: String, signature: String) {
    self.id = id
    self.timestamp = timestamp
    self.signature = signature
  }

  /// Reads the `svix-` headers, or the unbranded `webhook-` headers when no `svix-` header is present.
  ///
  /// `values` returns every value received for a lower-case header name. White space around a value is
  /// removed, and an empty header counts as missing.
  ///
  /// Throws ``VerificationError/missingHeaders(_:)`` or ``VerificationError/repeatedHeader(_:)``.
  public init(_ values: (String) -> [String]) throws(VerificationError) {
    for names in Self.families {
      var (found, missing): ([String], [String]) = ([], [])
      for name in names {
        let received = values(name).map(Self.trim).filter { !$0.isEmpty }
        guard received.count <= 1 else { throw .repeatedHeader(name) }
        if let value = received.first { found.append(value) } else { missing.append(name) }
      }
      if found.count == 3 {
        self.init(id: found[0], timestamp: found[1], signature: found[2])
        return
      }
      if !found.isEmpty { throw .missingHeaders(missing) }
    }
    throw .missingHeaders(Self.families[0])
  }

  private static let families = [
    ["svix-id", "svix-timestamp", "svix-signature"],
    ["webhook-id", "webhook-timestamp", "webhook-signature"],
  ]

  private static func trim(_ value: String) -> String {
    let visible = UInt8(ascii: "!")...UInt8(ascii: "~")
    if let first = value.utf8.first, let last = value.utf8.last, visible ~= first, visible ~= last {
      return value
    }
    let inner = value.drop { $0.isWhitespace }
    guard let last = inner.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(inner[...last])
  }
}
