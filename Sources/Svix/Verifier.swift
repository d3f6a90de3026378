/// Checks the signatures of received messages (Standard Webhooks, "Verifying webhook authenticity").
public struct Verifier: Sendable {
  /// How many seconds a timestamp may lie in the past or the future, both ends inclusive.
  public static let tolerance: Int64 = 300

  private let secrets: [Secret]

  /// Any one of the secrets suffices, so that a rotation loses nothing.
  public init(secrets: [Secret]) {
    self.secrets = secrets
  }

  /// Returns the message as verified, or throws why it is not.
  ///
  /// `now` is in seconds since 1970. The signature covers the raw bytes of `id.timestamp.body`.
  public func verify(
    _ headers: MessageHeaders, body: [UInt8], now: Int64
  ) throws(VerificationError) -> VerifiedMessage {
    try check(headers, body: body) { timestamp throws(VerificationError) in
      let (age, overflow) = now.subtractingReportingOverflow(timestamp)
      guard !overflow, age.magnitude <= Self.tolerance.magnitude else { throw .outsideTolerance(age: age) }
    }
  }

  /// Verifies once more a message that was verified when it came and has been kept since, however long.
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

  /// Seconds since 1970 as `^[1-9][0-9]*$`, nothing else.
  private static func parse(_ text: String) throws(VerificationError) -> Int64 {
    let digits = text.utf8
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      digits.first != UInt8(ascii: "0"), let seconds = Int64(text)
    else { throw .malformedTimestamp }
    return seconds
  }
}
