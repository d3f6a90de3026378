import FoundationEssentials

extension JSONTree {
  /// Parses JSON5 (json5.org). The error names the line, or the member.
  init(json5 text: String) throws(MappingError) {
    do {
      self = try Self.decode(text)
    } catch {
      throw Self.syntaxError(error, in: text)
    }
  }

  private static func decode(_ text: String) throws -> JSONTree {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = true
    return try decoder.decode(JSONTree.self, from: Data(Array(text.utf8)))
  }

  private static func syntaxError(_ error: any Error, in text: String) -> MappingError {
    if case .typeMismatch(_, let context) = error as? DecodingError, !context.codingPath.isEmpty {
      let place = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue.printable }
      return MappingError(place: place.joined(separator: "."), expected: "a JSON5 value")
    }
    // The decoder does not say where the error is. The first lines are valid up to it, with their brackets closed.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let valid = lines.indices.last { (try? decode(closed(lines[...$0].joined(separator: "\n")))) != nil }
    let number = valid.map { $0 + 2 } ?? 1
    let place = number > lines.count ? "the end of the file" : "line \(number)"
    return MappingError(place: place, expected: "JSON5, as in conf/tables.json5")
  }

  /// Closes the brackets that are open at the end of the text.
  private static func closed(_ text: String) -> String {
    var closing: [Character] = []
    var (quote, previous): (Character?, Character) = (nil, " ")
    var isComment = false
    for character in text {
      defer { previous = character == previous && character == "\\" ? " " : character }
      if isComment {
        isComment = character != "\n"
      } else if let end = quote {
        if character == end, previous != "\\" { quote = nil }
      } else {
        switch character {
        case "\"", "'": quote = character
        case "/" where previous == "/": isComment = true
        case "{": closing.append("}")
        case "[": closing.append("]")
        case "}", "]": _ = closing.popLast()
        default: break
        }
      }
    }
    return text + "\n" + String(closing.reversed())
  }
}
