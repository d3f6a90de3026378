public import Svix

extension VerificationError {
  /// What was wrong and what to do about it, for the operator. Holds neither a secret nor a signature.
  public var reason: String {
    switch self {
    case .missingHeaders(let names): "no \(names.joined(separator: ", "))"
    case .repeatedHeader(let name): "\(name) came more than once"
    case .ambiguousID: "the message id holds a full stop"
    case .malformedTimestamp: "the timestamp is not a number of seconds"
    case .outsideTolerance(let age):
      "clock skew of \(age) s, \(Verifier.tolerance) allowed: check this machine's clock"
    case .noMatch(let entries, let secrets):
      "no matching signature among \(entries) entries and \(secrets) secrets: check the secret and the raw body"
    case .cryptoFailure: "libcrypto could not compute the HMAC"
    }
  }
}
