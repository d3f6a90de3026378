/// Why a message is not to be trusted. For the log: the sender is not told which it was.
public enum VerificationError: Error, Equatable, Sendable {
  /// These headers are missing or empty.
  case missingHeaders([String])
  /// This header came more than once; no one value of it can be the one that was signed.
  case repeatedHeader(String)
  /// The id holds a full stop, which makes `id.timestamp.body` ambiguous.
  case ambiguousID
  /// The timestamp is not a plain decimal number of seconds.
  case malformedTimestamp
  /// The timestamp is this many seconds off this machine's clock; negative when it lies in the future.
  case outsideTolerance(age: Int64)
  /// None of the `v1` signatures among `entries` fits any of the `secrets`.
  case noMatch(entries: Int, secrets: Int)
  /// libcrypto could not compute the HMAC.
  case cryptoFailure
}
