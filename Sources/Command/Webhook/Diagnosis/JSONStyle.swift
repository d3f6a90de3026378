/// A style of JSON output, as produced by a common serializer.
struct JSONStyle {
  enum Layout: CaseIterable {
    case compact, spaced, indentedBy2, indentedBy4

    var name: String {
      switch self {
      case .compact: "compact JSON"
      case .spaced: "JSON with a space after each comma and colon"
      case .indentedBy2: "JSON indented by 2"
      case .indentedBy4: "JSON indented by 4"
      }
    }

    var indentation: Int? {
      switch self {
      case .compact, .spaced: nil
      case .indentedBy2: 2
      case .indentedBy4: 4
      }
    }
  }

  /// The optional escapes in strings.
  enum Escapes: CaseIterable {
    /// JSON.stringify in JavaScript.
    case none
    case slashes
    /// json.dumps in Python.
    case nonASCII
    /// json_encode in PHP.
    case slashesAndNonASCII
    /// json.Marshal in Go.
    case html

    var name: String {
      switch self {
      case .none: ""
      case .slashes: ", slashes escaped"
      case .nonASCII: ", non-ASCII characters escaped"
      case .slashesAndNonASCII: ", slashes and non-ASCII characters escaped"
      case .html: ", <, > and & escaped"
      }
    }

    func escapes(_ unit: UInt16) -> Bool {
      switch self {
      case .none, .slashes: false
      case .nonASCII, .slashesAndNonASCII: unit > 0x7e
      case .html: [0x3c, 0x3e, 0x26, 0x2028, 0x2029].contains(unit)
      }
    }

    var escapesSlashes: Bool { self == .slashes || self == .slashesAndNonASCII }
  }

  let layout: Layout
  let escapes: Escapes
  let sortsKeys: Bool

  /// All styles, the most likely first.
  static let all: [JSONStyle] = [false, true].flatMap { sortsKeys in
    Layout.allCases.flatMap { layout in
      Escapes.allCases.map { JSONStyle(layout: layout, escapes: $0, sortsKeys: sortsKeys) }
    }
  }

  var name: String { layout.name + escapes.name + (sortsKeys ? ", keys sorted" : "") }
}

extension JSONStyle {
  /// Returns the value as text in this style.
  func text(_ value: JSONText, depth: Int = 0) -> String {
    switch value {
    case .literal(let text): text
    case .string(let text): quoted(text)
    case .array(let elements): list("[", elements.map { text($0, depth: depth + 1) }, "]", depth)
    case .object(let members):
      list(
        "{",
        (sortsKeys ? members.sorted { $0.key < $1.key } : members).map {
          quoted($0.key) + (layout == .compact ? ":" : ": ") + text($0.value, depth: depth + 1)
        }, "}", depth)
    }
  }

  private func list(_ open: String, _ elements: [String], _ close: String, _ depth: Int) -> String {
    guard !elements.isEmpty, let indentation = layout.indentation else {
      return open + elements.joined(separator: layout == .compact ? "," : ", ") + close
    }
    let (outer, inner) = (
      "\n" + String(repeating: " ", count: indentation * depth),
      "\n" + String(repeating: " ", count: indentation * (depth + 1))
    )
    return open + inner + elements.joined(separator: "," + inner) + outer + close
  }

  private func quoted(_ text: String) -> String {
    var units: [UInt16] = [0x22]
    for unit in text.utf16 {
      switch unit {
      case 0x22, 0x5c: units += [0x5c, unit]
      case 0x2f where escapes.escapesSlashes: units += [0x5c, unit]
      case 0x08: units += "\\b".utf16
      case 0x09: units += "\\t".utf16
      case 0x0a: units += "\\n".utf16
      case 0x0c: units += "\\f".utf16
      case 0x0d: units += "\\r".utf16
      case _ where unit < 0x20 || escapes.escapes(unit):
        let hex = String(unit, radix: 16)
        units += "\\u\(String(repeating: "0", count: 4 - hex.count))\(hex)".utf16
      default: units.append(unit)
      }
    }
    return String(decoding: units + [0x22], as: UTF16.self)
  }
}
