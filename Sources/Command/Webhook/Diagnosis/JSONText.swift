import Foundation

/// A parsed JSON text. It preserves everything except the layout, including the order of members and the form of numbers.
indirect enum JSONText {
  case object([(key: String, value: JSONText)])
  case array([JSONText])
  case string(String)
  /// A number, true, false or null, as written.
  case literal(String)

  /// Returns nil if the bytes are not JSON, or are nested more deeply than any event.
  init?(_ bytes: [UInt8]) {
    var reader = JSONReader(bytes)
    guard let value = reader.value(depth: 100), reader.isAtEnd else { return nil }
    self = value
  }
}

/// A parser for one JSON text (RFC 8259).
private struct JSONReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { mutating get { next == nil } }

  /// The next byte that is not white space.
  private var next: UInt8? {
    mutating get {
      rest = rest.drop { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
      return rest.first
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func value(depth: Int) -> JSONText? {
    guard depth > 0, let first = next else { return nil }
    switch first {
    case UInt8(ascii: "{"):
      return list("{", "}") { reader in
        guard let key = reader.string(), reader.take(":"), let value = reader.value(depth: depth - 1)
        else { return nil }
        return (key: key, value: value)
      }.map(JSONText.object)
    case UInt8(ascii: "["):
      return list("[", "]") { $0.value(depth: depth - 1) }.map(JSONText.array)
    case UInt8(ascii: "\""):
      return string().map(JSONText.string)
    default:
      let word = rest.prefix { !Array(",]} \t\r\n".utf8).contains($0) }
      rest = rest.dropFirst(word.count)
      return word.isEmpty ? nil : .literal(String(decoding: word, as: UTF8.self))
    }
  }

  private mutating func list<Element>(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, element: (inout JSONReader) -> Element?
  ) -> [Element]? {
    guard take(open) else { return nil }
    var elements: [Element] = []
    if take(close) { return elements }
    repeat {
      guard let element = element(&self) else { return nil }
      elements.append(element)
    } while take(",")
    return take(close) ? elements : nil
  }

  private mutating func string() -> String? {
    guard next == UInt8(ascii: "\"") else { return nil }
    var end = rest.startIndex + 1
    while end < rest.endIndex, rest[end] != UInt8(ascii: "\"") {
      end += rest[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard end < rest.endIndex else { return nil }
    defer { rest = rest[(end + 1)...] }
    return try? JSONDecoder().decode(String.self, from: Data(rest[...end]))
  }
}
