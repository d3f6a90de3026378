import Svix

/// Why a delivery was rejected: finds what its signature does fit.
struct Diagnosis {
  let headers: ReceivedHeaders
  let body: [UInt8]
  let secrets: [KnownSecret]
  /// Seconds since 1970.
  let now: Int64

  /// One line for each finding, with what to do; none for a delivery with nothing to say about it.
  func lines() throws(VerificationError) -> [String] {
    try headers.problems + bodyProblems + signatureFindings()
  }

  private var bodyProblems: [String] {
    if body.isEmpty { return ["the body is empty: something has read it before, or it was not saved"] }
    guard body.starts(with: [0x1f, 0x8b]) else { return [] }
    return ["the body is compressed (gzip): what was signed is not; save it before anything compresses it"]
  }

  private func signatureFindings() throws(VerificationError) -> [String] {
    let readings = readings
    if readings.isEmpty { return [] }
    for reading in readings {
      guard let secret = try signer(of: body, under: reading.headers) else { continue }
      return [reading.note, secret.note, skew(of: reading.headers)].compactMap(\.self)
    }
    for variant in BodyVariant.all(of: body) where variant.bytes != body {
      for reading in readings {
        guard let secret = try signer(of: variant.bytes, under: reading.headers) else { continue }
        return [variant.explanation, reading.note, secret.note, skew(of: reading.headers)].compactMap(\.self)
      }
    }
    return [
      "no known secret (\(secrets.count) tried) fits the body, as it is or as common programs alter it: most likely the "
        + "wrong secret; copy that of this endpoint from the Clerk dashboard, or try an old one with --secret-file"
    ]
  }

  /// A way to read the headers, and what it means if it is the one that fits.
  private typealias Reading = (headers: MessageHeaders, note: String?)

  private var readings: [Reading] {
    var readings: [Reading] = []
    for family in ["svix", "webhook"] where headers.present(in: family).count == 3 {
      let isPassedOver = family == "webhook" && !headers.present(in: "svix").isEmpty
      let note =
        isPassedOver ? "the webhook-* headers fit, the svix-* ones do not: find what alters these" : nil
      // More values than a few are no mistake but an attack.
      let values = ReceivedHeaders.parts.map { headers.values("\(family)-\($0)").prefix(3) }
      for id in values[0] {
        for timestamp in values[1] {
          for signature in values[2] {
            readings.append((MessageHeaders(id: id, timestamp: timestamp, signature: signature), note))
          }
        }
      }
    }
    return readings
      + readings.map { reading in
        let bare = [reading.headers.id, reading.headers.timestamp, reading.headers.signature].map {
          $0.filter { !$0.isWhitespace }
        }
        return (
          MessageHeaders(id: bare[0], timestamp: bare[1], signature: bare[2]),
          "the signature fits without the white space inside the headers: find what put it there"
        )
      }
  }

  private func signer(of body: [UInt8], under headers: MessageHeaders) throws(VerificationError)
    -> KnownSecret?
  {
    let entries = headers.signature.split(whereSeparator: \.isWhitespace)
    for known in secrets {
      let expected = try Signature(
        of: body, id: headers.id, timestamp: headers.timestamp, secret: known.secret)
      let text = "\(expected)"
      // The padding may be left out.
      if entries.contains(where: { $0 == text || "\($0)=" == text }) { return known }
    }
    return nil
  }

  private func skew(of headers: MessageHeaders) -> String? {
    guard let signed = Int64(headers.timestamp),
      case (let age, let overflow) = now.subtractingReportingOverflow(signed),
      !overflow, age.magnitude > Verifier.tolerance.magnitude
    else { return nil }
    let distance = age > 0 ? "\(age) s in the past" : "\(age.magnitude) s in the future"
    return "clock skew of \(age.magnitude) s: the signature fits, its timestamp lies \(distance), more than "
      + "\(Verifier.tolerance); set this machine's clock if the delivery is new, otherwise replay the message"
  }
}

/// A secret that may have signed a delivery, and how to speak of it.
struct KnownSecret {
  let secret: Secret
  /// What it means that this one has signed, where that is worth a line.
  let note: String?

  /// The configured ones, the one to sign with first.
  static func configured(_ secrets: [Secret]) -> [KnownSecret] {
    secrets.enumerated().map { index, secret in
      let note =
        "signed with secret \(index + 1) of the \(secrets.count) configured, an old one: keep it until Clerk no longer "
        + "signs with it, 24 hours after a rotation"
      return KnownSecret(secret: secret, note: index == 0 ? nil : note)
    }
  }

  /// Those of a file that the handler does not know.
  static func other(_ secrets: [Secret], file: String) -> [KnownSecret] {
    secrets.map {
      KnownSecret(
        secret: $0,
        note: "wrong secret: signed with one of \(file.singleLine), which is not configured: "
          + "add it to CLERK_WEBHOOK_SIGNING_SECRET")
    }
  }
}
