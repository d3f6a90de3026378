/// The signing key of an endpoint, which Svix displays as `whsec_` and base64.
///
/// Its description and its mirror omit the key, which therefore cannot reach a log line, an error message or
/// a dump.
public struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
  /// nil when libcrypto failed. Every use then throws ``VerificationError/cryptoFailure``.
  let hmac: HMACSHA256?

  /// Reads `whsec_<base64>`. The prefix and the padding are optional (Standard Webhooks, "Signature scheme").
  public init(_ text: String) throws(SecretError) {
    let prefix = "whsec_"
    let encoded = text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...]
    guard !encoded.isEmpty else { throw .empty }
    guard let key = Base64.decode(encoded) else {
      throw encoded.contains(where: Self.quotationMarks.contains) ? .quoted : .notBase64
    }
    guard !key.isEmpty else { throw .empty }
    hmac = HMACSHA256(key: key)
  }

  /// Reads one or more secrets separated by spaces, commas or line breaks. During a rotation these are the
  /// old and the new secret.
  public static func list(_ text: String) throws(SecretError) -> [Secret] {
    var secrets: [Secret] = []
    for word in text.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
      secrets.append(try Secret(String(word)))
    }
    guard !secrets.isEmpty else { throw .empty }
    return secrets
  }

  private static let quotationMarks = Set("\"'`“”„‘’«»")

  public var description: String { "Secret" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The reason why a text is not a signing secret. Never carries the text.
public enum SecretError: Error, Equatable, Sendable {
  /// The key is empty. An empty key would let anyone sign.
  case empty
  /// The text after the optional `whsec_` is not base64.
  case notBase64
  /// The text contains a quotation mark, which is not base64.
  case quoted
}
