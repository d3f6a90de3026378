/// Why a text is not a signing secret. Never carries the text.
public enum SecretError: Error, Equatable, Sendable {
  /// Nothing is left after the optional `whsec_`; an empty key would let anyone sign.
  case empty
  /// What follows the optional `whsec_` is not base64.
  case notBase64
}
