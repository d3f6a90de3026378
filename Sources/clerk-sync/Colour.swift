/// What colour says; the words beside it say the same.
enum Colour: Int {
  case red = 31
  case green = 32
  case yellow = 33
  case grey = 90

  /// The text in this colour, on a terminal that shows any.
  func callAsFunction(_ text: String) -> String {
    Terminal.hasColour ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
  }
}
