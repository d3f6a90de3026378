/// A message whose signature and timestamp have been checked. Only ``Verifier`` makes one.
public struct VerifiedMessage: Sendable {
  /// The message's id, the same on every attempt to deliver it.
  public let id: String
  /// When this attempt was signed, in seconds since 1970.
  public let timestamp: Int64
  /// The signature that fits, so that it can be shown once more.
  public let signature: Signature
  /// The bytes that were signed.
  public let body: [UInt8]
}
