import Foundation

/// Where the output goes, and what it can show.
enum Terminal {
  /// Whether standard output is a terminal; what is piped is neither coloured nor shortened.
  static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Whether standard error is one, where progress is shown.
  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 && variable("TERM") != "dumb" }

  /// Colour only on a terminal, and not where it is unwanted (no-color.org).
  static var hasColour: Bool { isInteractive && variable("NO_COLOR").isEmpty && variable("TERM") != "dumb" }

  /// Columns of the terminal; 80 where it does not say.
  static var width: Int {
    var size = winsize()
    if unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return Int(variable("COLUMNS")) ?? 80
  }

  /// Says what went wrong, in one line on standard error.
  static func complain(_ message: String) {
    writeError("clerk-sync: \(message)\n")
  }

  /// Writes the text as it is to standard error.
  static func writeError(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// Writes a line of a log to standard error; where nobody takes it, it is lost.
  @Sendable static func log(_ line: String) {
    var line = line
    line.withUTF8 { _ = unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Brings what has been printed to its reader, and tells whether there still is one.
  static func flush() -> Bool {
    var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
    let isGone = unsafe poll(&output, 1, 0) != 0
    return fflush(nil) == 0 && !isGone
  }

  private static func variable(_ name: String) -> String {
    ProcessInfo.processInfo.environment[name] ?? ""
  }
}

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
