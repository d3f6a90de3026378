/// An HMAC-SHA256 signature of version 1, 32 bytes.
public struct Signature: Sendable, CustomStringConvertible {
  private let bytes: [UInt8]

  /// Signs `body` under the id and the timestamp, in seconds since 1970 as sent.
  public init(of body: [UInt8], id: String, timestamp: String, secret: Secret) throws(VerificationError) {
    let content = Array("\(id).\(timestamp).".utf8)
    guard let bytes = secret.hmac?.authenticate([content, body]) else { throw .cryptoFailure }
    self.bytes = bytes
  }

  /// Reads an entry of the signature header; nil unless it is exactly `v1,` and 32 bytes in base64.
  init?(entry: Substring) {
    let version = "v1,"
    guard entry.hasPrefix(version), let bytes = Base64.decode(entry.dropFirst(version.count)),
      bytes.count == HMACSHA256.length
    else { return nil }
    self.bytes = bytes
  }

  /// Compares in constant time; a shorter signature never matches a longer one (RUSTSEC-2024-0010).
  func matches(_ other: Signature) -> Bool {
    ConstantTime.areEqual(bytes, other.bytes)
  }

  /// The entry as a signature header carries it.
  public var description: String { "v1,\(Base64.encode(bytes))" }
}
