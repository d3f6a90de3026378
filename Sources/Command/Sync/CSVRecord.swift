/// A record of a CSV file (RFC 4180).
///
/// Works on bytes: as Swift characters, a comma or quote would merge with a combining mark after it, with which a user's
/// name can begin.
struct CSVRecord {
  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")

  let fields: [String]

  /// `record` may end with a carriage return. Returns nil if a quote is misplaced or a field is not UTF-8.
  init?(_ record: [UInt8]) {
    var rest = record[..<(record.last == 0x0d ? record.endIndex - 1 : record.endIndex)]
    var fields: [String] = []
    while true {
      let bytes: [UInt8]?
      if rest.first == Self.quote {
        bytes = Self.takeQuoted(&rest)
      } else {
        let field = rest.prefix { $0 != Self.comma }
        rest = rest.dropFirst(field.count)
        bytes = field.contains(Self.quote) ? nil : Array(field)
      }
      guard let field = bytes.flatMap({ String(validating: $0, as: UTF8.self) }) else { return nil }
      fields.append(field)
      guard let separator = rest.popFirst() else { break }
      guard separator == Self.comma else { return nil }
    }
    self.fields = fields
  }

  static func quotes(in line: [UInt8]) -> Int {
    line.count { $0 == quote }
  }

  /// Takes a field in quotes, within which two quotes are one. Returns nil if it does not end.
  private static func takeQuoted(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    var field: [UInt8] = []
    repeat {
      rest.removeFirst()
      let part = rest.prefix { $0 != quote }
      rest = rest.dropFirst(part.count)
      guard rest.popFirst() == quote else { return nil }
      field += part
      if rest.first == quote { field.append(quote) }
    } while rest.first == quote
    return field
  }
}
