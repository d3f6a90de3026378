import Foundation

/// Any value of a JSON5 document (json5.org).
public enum JSON5Value: Decodable, Equatable, Sendable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case array([JSON5Value])
  case object([String: JSON5Value])

  /// Reads a document.
  public init(json5 text: String) throws {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    self = try decoder.decode(JSON5Value.self, from: Data(text.utf8))
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let values = try? container.decode([JSON5Value].self) {
      self = .array(values)
    } else {
      self = .object(try container.decode([String: JSON5Value].self))
    }
  }

  /// The member of an object; nil if there is none.
  public subscript(key: String) -> JSON5Value? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The keys of an object; empty for any other value.
  public var keys: [String] {
    if case .object(let members) = self { members.keys.sorted() } else { [] }
  }

  /// The text; nil for any other value.
  public var string: String? {
    if case .text(let text) = self { text } else { nil }
  }
}
