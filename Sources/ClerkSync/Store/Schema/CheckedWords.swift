/// The words to which the CHECK constraints of a CREATE TABLE statement limit columns, as in
/// `role TEXT CHECK (role IN ('USER', 'ADMIN'))`. Conditions of any other form are ignored.
struct CheckedWords {
  /// By the column's name in lower case.
  private var words: [String: [String]] = [:]

  init(_ sql: String) {
    let tokens = SQLToken.all(in: sql)
    var depth = 0
    /// The depth outside the CHECK that is being read.
    var outside: Int?
    for (index, token) in tokens.enumerated() {
      switch token {
      case .symbol("("):
        if outside == nil, index > 0, tokens[index - 1].isKeyword("CHECK") { outside = depth }
        depth += 1
      case .symbol(")"):
        depth -= 1
        if depth == outside { outside = nil }
      case .name(let column) where outside != nil && !token.isKeyword("NOT"):
        guard let list = Self.list(in: tokens[(index + 1)...]) else { continue }
        words[column.lowercased()] = list
      default: break
      }
    }
  }

  /// The words of a column; empty if no CHECK limits it.
  subscript(column: String) -> [String] { words[column.lowercased()] ?? [] }

  /// Returns the words if the tokens begin with `IN ('a', 'b')`.
  private static func list(in tokens: ArraySlice<SQLToken>) -> [String]? {
    let tokens = Array(tokens.prefix { $0 != .symbol(")") })
    guard tokens.count > 2, tokens[0].isKeyword("IN"), tokens[1] == .symbol("(") else { return nil }
    var words: [String] = []
    for (index, token) in tokens.dropFirst(2).enumerated() {
      switch token {
      case .text(let word) where index.isMultiple(of: 2): words.append(word)
      case .symbol(",") where !index.isMultiple(of: 2): break
      default: return nil
      }
    }
    return words
  }
}

/// A token of SQL text, as far as ``CheckedWords`` distinguishes them.
private enum SQLToken: Equatable {
  /// A keyword, a number, or an identifier, without its quotes.
  case name(String)
  /// A string literal, without its quotes.
  case text(String)
  case symbol(Character)

  func isKeyword(_ keyword: String) -> Bool {
    if case .name(let name) = self { name.uppercased() == keyword } else { false }
  }

  static func all(in sql: String) -> [SQLToken] {
    var tokens: [SQLToken] = []
    var rest = sql[...]
    while let first = rest.first {
      switch first {
      case _ where first.isWhitespace:
        rest.removeFirst()
      case "-" where rest.hasPrefix("--"):
        rest = rest.drop { !$0.isNewline }
      case "/" where rest.hasPrefix("/*"):
        rest.removeFirst(2)
        while !rest.isEmpty, !rest.hasPrefix("*/") { rest.removeFirst() }
        rest = rest.dropFirst(2)
      case "'": tokens.append(.text(quoted(from: &rest, to: "'")))
      case "\"", "`": tokens.append(.name(quoted(from: &rest, to: first)))
      case "[": tokens.append(.name(quoted(from: &rest, to: "]")))
      case _ where first.isPartOfName:
        let name = rest.prefix(while: \.isPartOfName)
        tokens.append(.name(String(name)))
        rest = rest[name.endIndex...]
      default:
        tokens.append(.symbol(first))
        rest.removeFirst()
      }
    }
    return tokens
  }

  /// Removes a quoted text from the start of `rest`, and returns it without its quotes. A doubled quote stands for one.
  private static func quoted(from rest: inout Substring, to end: Character) -> String {
    rest.removeFirst()
    var text = ""
    while let next = rest.popFirst() {
      if next == end {
        guard rest.first == end else { break }
        rest.removeFirst()
      }
      text.append(next)
    }
    return text
  }
}

extension Character {
  fileprivate var isPartOfName: Bool { isLetter || isNumber || self == "_" || self == "$" }
}
