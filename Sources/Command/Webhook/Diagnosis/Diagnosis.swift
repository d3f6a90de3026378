import Svix

/// Finds the reason why a delivery was rejected, by searching for the content and secret that match its signature.
struct Diagnosis {
  let headers: ReceivedHeaders
  let body: [UInt8]
  let secrets: [KnownSecret]
  /// Seconds, as in ``Verifier/tolerance``.
  let tolerance: Int64
  /// Seconds since 1970.
  let now: Int64

  /// Returns one line for each finding, with its remedy.
  func lines() throws(VerificationError) -> [String] {
    try headers.problems + bodyProblems + signatureFindings()
  }

  private var bodyProblems: [String] {
    if body.isEmpty { return ["the body is empty: another program has already read it, or it was not saved"] }
    guard body.starts(with: [0x1f, 0x8b]) else { return [] }
    return ["the body is compressed (gzip), but was signed uncompressed: save it before compression"]
  }

  private func signatureFindings() throws(VerificationError) -> [String] {
    let candidates = candidates
    if candidates.isEmpty { return [] }
    for candidate in candidates {
      guard let secret = try signer(of: body, under: candidate.headers) else { continue }
      return [candidate.note, secret.note, skew(of: candidate.headers)].compactMap(\.self)
    }
    for variant in BodyVariant.all(of: body) where variant.bytes != body {
      for candidate in candidates {
        guard let secret = try signer(of: variant.bytes, under: candidate.headers) else { continue }
        return [variant.explanation, candidate.note, secret.note, skew(of: candidate.headers)]
          .compactMap(\.self)
      }
    }
    return [
      "no known secret (\(secrets.count) tried) matches the body, neither unchanged nor as altered by common programs: "
        + "most likely the wrong secret; copy the endpoint's secret from the Clerk dashboard, or try an old one with "
        + "--secret-file"
    ]
  }

  /// One interpretation of the headers, and a note for the case that it matches.
  private typealias Candidate = (headers: MessageHeaders, note: String?)

  private var candidates: [Candidate] {
    var candidates: [Candidate] = []
    for family in ["svix", "webhook"] where headers.present(in: family).count == 3 {
      let isIgnored = family == "webhook" && !headers.present(in: "svix").isEmpty
      let note =
        isIgnored
        ? "the webhook-* headers match, the svix-* headers do not: find what alters the latter" : nil
      // Try three values of a repeated header at most. More are not a mistake, and would multiply the work.
      let values = ReceivedHeaders.parts.map { headers.values("\(family)-\($0)").prefix(3) }
      for id in values[0] {
        for timestamp in values[1] {
          for signature in values[2] {
            candidates.append((MessageHeaders(id: id, timestamp: timestamp, signature: signature), note))
          }
        }
      }
    }
    return candidates + candidates.compactMap(Self.inSeconds)
      + candidates.map { candidate in
        let bare = [candidate.headers.id, candidate.headers.timestamp, candidate.headers.signature].map {
          $0.filter { !$0.isWhitespace }
        }
        return (
          MessageHeaders(id: bare[0], timestamp: bare[1], signature: bare[2]),
          "the signature matches without the white space inside the headers: find what inserts it"
        )
      }
  }

  /// Returns the headers with a timestamp of milliseconds as seconds; nil if it is of another form.
  private static func inSeconds(_ candidate: Candidate) -> Candidate? {
    let headers = candidate.headers
    guard headers.timestamp.isInMilliseconds else { return nil }
    return (
      MessageHeaders(
        id: headers.id, timestamp: String(headers.timestamp.dropLast(3)), signature: headers.signature),
      "the signature matches with the timestamp in seconds: find what converts it to milliseconds"
    )
  }

  private func signer(of body: [UInt8], under headers: MessageHeaders) throws(VerificationError)
    -> KnownSecret?
  {
    let entries = headers.signature.split(whereSeparator: \.isWhitespace)
    for known in secrets {
      let expected = try Signature(
        of: body, id: headers.id, timestamp: headers.timestamp, secret: known.secret)
      let text = "\(expected)"
      // The padding is optional.
      if entries.contains(where: { $0 == text || "\($0)=" == text }) { return known }
    }
    return nil
  }

  private func skew(of headers: MessageHeaders) -> String? {
    guard let signed = Int64(headers.timestamp), headers.timestamp.utf8.count < 13,
      case (let age, let overflow) = now.subtractingReportingOverflow(signed),
      !overflow, age.magnitude > tolerance.magnitude
    else { return nil }
    let distance = age > 0 ? "\(age) s in the past" : "\(age.magnitude) s in the future"
    return
      "clock skew of \(age.magnitude) s: the signature matches, but its timestamp is \(distance), more than "
      + "\(tolerance) s; set this machine's clock if the delivery is new, otherwise replay the message"
  }
}

/// A secret that may have signed a delivery.
struct KnownSecret {
  let secret: Secret
  /// A remark for the case that this secret matches; nil if there is nothing to say.
  let note: String?

  /// Returns the configured secrets, the one that signs first.
  static func configured(_ secrets: [Secret]) -> [KnownSecret] {
    secrets.enumerated().map { index, secret in
      let note =
        "signed with secret \(index + 1) of the \(secrets.count) configured, an old one: keep it until Clerk stops "
        + "signing with it, 24 hours after a rotation"
      return KnownSecret(secret: secret, note: index == 0 ? nil : note)
    }
  }

  /// Returns the secrets of a file, which the handler does not use.
  static func other(_ secrets: [Secret], file: String) -> [KnownSecret] {
    secrets.map {
      KnownSecret(
        secret: $0,
        note: "wrong secret: signed with one from \(file.singleLine), which is not configured: "
          + "add it to CLERK_WEBHOOK_SIGNING_SECRET")
    }
  }
}
