import FoundationEssentials

/// A flat JSON object that preserves the order of its keys, which JSONEncoder does not guarantee.
package struct JSONObject {
  private var members = ""

  package init() {}

  package mutating func append(_ key: String, _ value: String) {
    begin(key)
    Self.append(value, to: &members)
  }

  package mutating func append(_ key: String, _ value: Int) {
    begin(key)
    members += String(value)
  }

  private mutating func begin(_ key: String) {
    if !members.isEmpty { members += "," }
    Self.append(key, to: &members)
    members += ":"
  }

  package var text: String { "{\(members)}" }

  /// Returns the text as a JSON string. Characters that ``inert(_:)`` names are escaped.
  package static func encode(_ text: String) -> String {
    var json = ""
    append(text, to: &json)
    return json
  }

  private static func append(_ text: String, to json: inout String) {
    // Most values are ids and words, which need no escaping.
    if isPlain(text) {
      json += "\""
      json += text
      json += "\""
      return
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    // Cannot fail: a String is always valid Unicode.
    let encoded = (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    json += inert(encoded)
  }

  /// Escapes the characters that JSON permits unescaped but that can end a line, reverse its direction or
  /// control a terminal. The JSON must be on one line.
  package static func inert(_ json: String) -> String {
    json.utf8.allSatisfy { $0 < 0x7f } ? json : json.unicodeScalars.map(escape).joined()
  }

  /// Whether the byte represents itself in every context: printable ASCII except quote and backslash.
  static func isPlain(_ byte: UInt8) -> Bool {
    (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// Whether every byte of the text is plain.
  static func isPlain(_ text: String) -> Bool {
    let bytes = text.utf8.span
    return bytes.indices.allSatisfy { isPlain(bytes[$0]) }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      scalar.utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    default:
      String(scalar)
    }
  }
}
