/// What one check of ``Doctor`` has found.
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
  /// What to do, unless all is well.
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

  /// The finding for people: a line, and beneath it what to do; names are `width` characters wide.
  func text(width: Int) -> String {
    let word = level.rawValue + String(repeating: " ", count: 7 - level.rawValue.count)
    let name = check + String(repeating: " ", count: width - check.count)
    let indentation = String(repeating: " ", count: word.count + 2 + width + 2)
    // Colour takes no room on the screen, so it comes after the lines are broken.
    let lines = what.wrapped(indentation: indentation, first: "\(word)  \(name)  ").dropFirst(word.count)
    let advice = remedy.map { "\n" + $0.wrapped(indentation: indentation, first: indentation) } ?? ""
    return level.colour(word) + lines + advice
  }
}
