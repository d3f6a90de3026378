import Foundation

/// A body that may have been signed originally, before some program altered it.
struct BodyVariant {
  let bytes: [UInt8]
  /// The alteration and its remedy, on one line.
  let explanation: String

  /// Returns the variants of a received body, the most likely first.
  static func all(of body: [UInt8]) -> [BodyVariant] {
    encodings(of: body) + ends(of: body) + lineBreaks(of: body) + styles(of: body)
  }

  private static let (lf, cr) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
  private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

  /// API gateways pass a body on in base64, on one line.
  private static func encodings(of body: [UInt8]) -> [BodyVariant] {
    let text = body.filter { !isSpace($0) }
    guard !text.isEmpty, let decoded = Data(base64Encoded: Data(text)) else { return [] }
    return [
      BodyVariant(
        bytes: Array(decoded),
        explanation:
          "the body was encoded in base64, as API gateways do: let the gateway pass it on as text, or decode it "
          + "before the handler")
    ]
  }

  private static func ends(of body: [UInt8]) -> [BodyVariant] {
    let raw = "keep the raw bytes, as `curl --data-binary` and `printf %s` do"
    var variants: [BodyVariant] = []
    for (end, name) in [([cr, lf], "CR LF"), ([lf], "LF")] {
      if body.suffix(end.count).elementsEqual(end) {
        variants.append(
          BodyVariant(
            bytes: body.dropLast(end.count),
            explanation: "a trailing newline (\(name)) was added to the body: \(raw)"))
      }
      variants.append(
        BodyVariant(
          bytes: body + end, explanation: "a trailing newline (\(name)) was removed from the body: \(raw)"))
    }
    if body.starts(with: byteOrderMark) {
      variants.append(
        BodyVariant(
          bytes: Array(body.dropFirst(3)),
          explanation: "a byte order mark was added before the body: save it without one"))
    }
    let trimmed = body.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
    variants.append(
      BodyVariant(bytes: Array(trimmed), explanation: "white space was added around the body: \(raw)"))
    return variants
  }

  private static func lineBreaks(of body: [UInt8]) -> [BodyVariant] {
    let unix = body.indices.filter { !(body[$0] == cr && $0 + 1 < body.count && body[$0 + 1] == lf) }.map {
      body[$0]
    }
    let dos = unix.flatMap { $0 == lf ? [cr, lf] : [$0] }
    return [(unix, "LF became CR LF"), (dos, "CR LF became LF")].flatMap { bytes, name in
      // An editor that converts line breaks also adds one at the end.
      [bytes, bytes.dropLast(bytes.last == lf ? (bytes.dropLast().last == cr ? 2 : 1) : 0)].map {
        BodyVariant(
          bytes: $0,
          explanation: "the line breaks of the body were converted, \(name): transfer and save it as binary")
      }
    }
  }

  private static func styles(of body: [UInt8]) -> [BodyVariant] {
    guard let json = JSONText(body) else { return [] }
    return JSONStyle.all.flatMap { style in
      let text = style.text(json)
      return ["", "\n"].map { end in
        BodyVariant(
          bytes: Array("\(text)\(end)".utf8),
          explanation: "the body was parsed and serialized again, and had been \(style.name): "
            + "verify the raw bytes, before any JSON parser")
      }
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, lf, cr].contains(byte) }
}
