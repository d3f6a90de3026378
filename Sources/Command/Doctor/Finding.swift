/// The result of one check by ``Doctor``.
struct Finding: Encodable {
  enum Level: String, Encodable {
    case ok, warning, error

    var colour: Colour {
      switch self {
      case .ok: .green
      case .warning: .yellow
      case .error: .red
      }
    }
  }

  let check: String
  let level: Level
  let what: String
  /// The suggested remedy; nil if the check passed.
  let remedy: String?

  static func ok(_ check: String, _ what: String) -> Finding {
    Finding(check: check, level: .ok, what: what.singleLine, remedy: nil)
  }

  static func warning(_ check: String, _ what: String, remedy: String) -> Finding {
    Finding(check: check, level: .warning, what: what.singleLine, remedy: remedy.singleLine)
  }

  static func error(_ check: String, _ what: String, remedy: String) -> Finding {
    Finding(check: check, level: .error, what: what.singleLine, remedy: remedy.singleLine)
  }

  /// Returns the finding as text: one line, and the remedy below it. Names are padded to `width` characters.
  func text(width: Int) -> String {
    let word = level.rawValue + String(repeating: " ", count: 7 - level.rawValue.count)
    let name = check + String(repeating: " ", count: width - check.count)
    let indentation = String(repeating: " ", count: word.count + 2 + width + 2)
    // Add the colour after wrapping, because escape sequences have no width.
    let lines = what.wrapped(indentation: indentation, first: "\(word)  \(name)  ").dropFirst(word.count)
    let advice = remedy.map { "\n" + $0.wrapped(indentation: indentation, first: indentation) } ?? ""
    return level.colour(word) + lines + advice
  }
}
