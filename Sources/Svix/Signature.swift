/// A version 1 signature: 32 bytes of HMAC-SHA256.
public struct Signature: Sendable, CustomStringConvertible {
  private let bytes: [UInt8]

  /// Signs `body` with the id and the timestamp, which is in seconds since 1970 and is signed as text.
  public init(of body: [UInt8], id: String, timestamp: String, secret: Secret) throws(VerificationError) {
    let content = Array("\(id).\(timestamp).".utf8)
    guard let bytes = secret.hmac?.authenticate([content, body]) else { throw .cryptoFailure }
    self.bytes = bytes
  }

  /// Reads one entry of the signature header. Returns nil unless it is exactly `v1,` and the base64 of 32
  /// bytes.
  init?(entry: Substring.UTF8View) {
    let version = "v1,".utf8
    guard entry.starts(with: version), let bytes = Base64.decode(Substring(entry.dropFirst(version.count))),
      bytes.count == HMACSHA256.length
    else { return nil }
    self.bytes = bytes
  }

  /// Compares in constant time. Signatures of different lengths never match (RUSTSEC-2024-0010).
  func matches(_ other: Signature) -> Bool {
    ConstantTime.areEqual(bytes, other.bytes)
  }

  /// The entry in the form used in the signature header.
  public var description: String { "v1,\(Base64.encode(bytes))" }
}
