/// Verifies received messages (Standard Webhooks, "Verifying webhook authenticity").
public struct Verifier: Sendable {
  /// The tolerance of Standard Webhooks, in seconds.
  public static let standardTolerance: Int64 = 300

  /// The largest accepted difference between a timestamp and the clock, in seconds, past or future,
  /// inclusive.
  public let tolerance: Int64
  private let secrets: [Secret]

  /// Accepts a message signed with any one of the secrets, so a rotation loses no messages.
  public init(secrets: [Secret], tolerance: Int64 = Self.standardTolerance) {
    (self.secrets, self.tolerance) = (secrets, tolerance)
  }

  /// Returns the verified message. Throws when the signature does not match or the timestamp is too far from
  /// `now`.
  ///
  /// `now` is in seconds since 1970. The signature covers the raw bytes of `id.timestamp.body`.
  public func verify(
    _ headers: MessageHeaders, body: [UInt8], now: Int64
  ) throws(VerificationError) -> VerifiedMessage {
    try check(headers, body: body) { timestamp throws(VerificationError) in
      let (age, overflow) = now.subtractingReportingOverflow(timestamp)
      guard overflow || age.magnitude > tolerance.magnitude else { return }
      throw Self.milliseconds.contains(timestamp)
        ? .timestampInMilliseconds : .outsideTolerance(age: age, tolerance: tolerance)
    }
  }

  /// Verifies a stored message whose timestamp was checked when it was received. The message may have any
  /// age.
  public func verify(
    kept headers: MessageHeaders, body: [UInt8]
  ) throws(VerificationError) -> VerifiedMessage {
    try check(headers, body: body) { _ in }
  }

  private func check(
    _ headers: MessageHeaders, body: [UInt8], age check: (Int64) throws(VerificationError) -> Void
  ) throws(VerificationError) -> VerifiedMessage {
    guard !headers.id.utf8.contains(UInt8(ascii: ".")) else { throw .ambiguousID }
    let timestamp = try Self.parse(headers.timestamp)
    try check(timestamp)

    let entries = headers.signature.utf8.split(separator: UInt8(ascii: " ")).map(Substring.init)
    let candidates = entries.compactMap(Signature.init)
    for secret in secrets {
      let expected = try Signature(of: body, id: headers.id, timestamp: headers.timestamp, secret: secret)
      for candidate in candidates where candidate.matches(expected) {
        return VerifiedMessage(id: headers.id, timestamp: timestamp, signature: candidate, body: body)
      }
    }
    throw .noMatch(entries: entries.count, secrets: secrets.count)
  }

  /// The timestamps that would be times after the year 5138, but are milliseconds of a time between 1973 and then.
  private static let milliseconds: Range<Int64> = 100_000_000_000..<100_000_000_000_000

  /// Parses seconds since 1970. Accepts `^[1-9][0-9]*$` only.
  private static func parse(_ text: String) throws(VerificationError) -> Int64 {
    let digits = text.utf8
    guard digits.areDecimalDigits,
      digits.first != UInt8(ascii: "0"), let seconds = Int64(text)
    else { throw .malformedTimestamp }
    return seconds
  }
}

/// A message whose signature and timestamp have been checked. Only ``Verifier`` creates one.
public struct VerifiedMessage: Sendable {
  /// The message's id, the same on every attempt to deliver it.
  public let id: String
  /// The time at which this attempt was signed, in seconds since 1970.
  public let timestamp: Int64
  /// The signature that matched. A queue stores it, so that the message can be verified again.
  public let signature: Signature
  /// The signed bytes.
  public let body: [UInt8]
}

/// The reason why a message failed verification. It is for the log; the sender is not told.
public enum VerificationError: Error, Equatable, Sendable {
  /// These headers are missing or empty.
  case missingHeaders([String])
  /// This header occurs more than once, so it is unclear which value was signed.
  case repeatedHeader(String)
  /// The id contains a full stop, which makes `id.timestamp.body` ambiguous.
  case ambiguousID
  /// The timestamp is not a plain decimal number of seconds.
  case malformedTimestamp
  /// The timestamp differs from this machine's clock by `age` seconds, negative when it is in the future, and
  /// `tolerance` seconds are accepted.
  case outsideTolerance(age: Int64, tolerance: Int64)
  /// The timestamp is in milliseconds.
  case timestampInMilliseconds
  /// None of the `v1` signatures among `entries` matches any of the `secrets`.
  case noMatch(entries: Int, secrets: Int)
  /// libcrypto could not compute the HMAC.
  case cryptoFailure

  /// Describes the failure and its remedy to the operator. Contains neither a secret nor a signature.
  public var reason: String {
    switch self {
    case .missingHeaders(let names): "no \(names.joined(separator: ", "))"
    case .repeatedHeader(let name): "\(name) came more than once"
    case .ambiguousID: "the message id holds a full stop"
    case .malformedTimestamp: "the timestamp is not a number of seconds"
    case .outsideTolerance(let age, let tolerance):
      "clock skew of \(age) s, \(tolerance) allowed: check this machine's clock"
    case .timestampInMilliseconds: "the timestamp is in milliseconds: send seconds since 1970, as Svix does"
    case .noMatch(let entries, let secrets):
      "no matching signature among \(entries) entries and \(secrets) secrets: check the secret and the raw body"
    case .cryptoFailure: "libcrypto could not compute the HMAC"
    }
  }
}
