import ArgumentParser
import Svix

/// An age on the command line: a whole number and its unit, such as `2h` or `90d`.
struct Age: Equatable {
  static let day: Int64 = 86_400_000
  private static let units: [Character: Int64] = [
    "s": 1000, "m": 60_000, "h": 3_600_000, "d": day, "w": 7 * day,
  ]

  let milliseconds: Int64

  init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  init(days: Int) {
    milliseconds = Int64(days) * Self.day
  }

  /// Parses the value of an option.
  init(_ text: String) throws(ValidationError) {
    guard let age = Age(parsing: text) else {
      throw ValidationError("expected a whole number and s, m, h, d or w, such as 2h or 90d")
    }
    self = age
  }

  /// Returns nil if the text is not an age, or exceeds a century.
  init?(parsing text: String) {
    let digits = text.dropLast()
    guard let unit = text.last.flatMap({ Self.units[$0] }), digits.utf8.areDecimalDigits,
      let number = Int64(digits), number <= 36_500 * Self.day / unit
    else { return nil }
    milliseconds = number * unit
  }
}
