/// A way to write JSON, as common serialisers do it.
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

  /// What strings escape beside what they must.
  enum Escapes: CaseIterable {
    /// As JavaScript's JSON.stringify.
    case none
    case slashes
    /// As Python's json.dumps.
    case nonASCII
    /// As PHP's json_encode.
    case slashesAndNonASCII
    /// As Go's json.Marshal.
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

  /// All of them, the likeliest first.
  static let all: [JSONStyle] = [false, true].flatMap { sortsKeys in
    Layout.allCases.flatMap { layout in
      Escapes.allCases.map { JSONStyle(layout: layout, escapes: $0, sortsKeys: sortsKeys) }
    }
  }

  var name: String { layout.name + escapes.name + (sortsKeys ? ", keys sorted" : "") }
}
