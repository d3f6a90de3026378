/// The key an endpoint's messages are signed with: `whsec_` and base64, as Svix shows it.
///
/// It prints as nothing but its name, so that no log line, error message or dump can carry the key.
public struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
  /// nil when libcrypto has failed, which every use then reports.
  let hmac: HMACSHA256?

  /// Reads `whsec_<base64>`; the prefix and the padding are optional (Standard Webhooks, "Signature scheme").
  public init(_ text: String) throws(SecretError) {
    let prefix = "whsec_"
    let encoded = text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...]
    guard !encoded.isEmpty else { throw .empty }
    guard let key = Base64.decode(encoded) else { throw .notBase64 }
    guard !key.isEmpty else { throw .empty }
    hmac = HMACSHA256(key: key)
  }

  /// Reads one or more secrets, separated by spaces, commas or line breaks: the old and the new one of a rotation.
  public static func list(_ text: String) throws(SecretError) -> [Secret] {
    var secrets: [Secret] = []
    for word in text.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
      secrets.append(try Secret(String(word)))
    }
    guard !secrets.isEmpty else { throw .empty }
    return secrets
  }

  public var description: String { "Secret" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a text is not a signing secret. Never carries the text.
public enum SecretError: Error, Equatable, Sendable {
  /// Nothing is left after the optional `whsec_`; an empty key would let anyone sign.
  case empty
  /// What follows the optional `whsec_` is not base64.
  case notBase64
}
