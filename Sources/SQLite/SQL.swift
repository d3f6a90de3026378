/// The text of one SQL statement, or a part of one.
///
/// It consists of literals of the program and of quoted ``Identifier``s. No other text can get into it: values are bound.
///
///     func count(of table: Identifier) -> SQL { "SELECT count(*) FROM \(table)" }
public struct SQL: Sendable, ExpressibleByStringInterpolation {
  public typealias StringLiteralType = StaticString

  /// Text that has been put together, at an address of its own.
  final class Composition: Sendable {
    let text: String

    init(_ text: String) {
      self.text = text
    }
  }

  enum Text: Sendable {
    case literal(StaticString)
    case composed(Composition)
  }

  let text: Text

  public init(stringLiteral literal: StaticString) {
    text = .literal(literal)
  }

  public init(stringInterpolation: Interpolation) {
    text = .composed(Composition(stringInterpolation.text))
  }

  /// Joins the parts.
  public init(joining parts: [SQL], separator: StaticString) {
    var joined = ""
    for (index, part) in parts.enumerated() {
      if index > 0 { joined += separator.description }
      joined += part.description
    }
    text = .composed(Composition(joined))
  }

  /// Takes literals, identifiers, numbers and other SQL.
  public struct Interpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    public init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    public mutating func appendLiteral(_ literal: StaticString) {
      text += literal.description
    }

    public mutating func appendInterpolation(_ identifier: Identifier) {
      text += identifier.quoted
    }

    public mutating func appendInterpolation(_ number: Int) {
      text += String(number)
    }

    public mutating func appendInterpolation(_ sql: SQL) {
      text += sql.description
    }
  }
}

extension SQL: CustomStringConvertible {
  public var description: String {
    switch text {
    case .literal(let literal): literal.description
    case .composed(let composition): composition.text
    }
  }
}

/// The name of a table or a column.
public struct Identifier: Hashable, Sendable, ExpressibleByStringLiteral {
  public let name: String
  /// The name as SQL. SQLite takes an unknown name in double quotes for a text, but never one in grave accents
  /// (sqlite.org/quirks.html, section 8; sqlite.org/lang_keywords.html).
  let quoted: String

  /// Returns nil for an empty name, and for one with a NUL, at which SQL ends.
  public init?(_ name: String) {
    guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
    self.name = name
    quoted = "`\(name.utf8.contains(UInt8(ascii: "`")) ? name.replacing("`", with: "``") : name)`"
  }

  public init(stringLiteral name: StaticString) {
    self.name = "\(name)"
    quoted = "`\(name)`"
  }
}
