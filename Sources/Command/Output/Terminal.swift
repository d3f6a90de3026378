import Foundation

/// Standard output and standard error, and the capabilities of the terminal.
enum Terminal {
  /// Whether standard output is a terminal. Output to a pipe or file is neither coloured nor truncated.
  static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Whether standard error is a terminal that can show progress.
  static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 && variable("TERM") != "dumb" }

  /// Whether to use colour: only on a terminal, and not if NO_COLOR is set (no-color.org).
  static var hasColour: Bool { isInteractive && variable("NO_COLOR").isEmpty && variable("TERM") != "dumb" }

  /// The width of the terminal in columns; 80 if unknown.
  static var width: Int {
    var size = winsize()
    if unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    return Int(variable("COLUMNS")) ?? 80
  }

  /// Writes an error message to standard error, on one line.
  static func complain(_ message: String) {
    writeError("clerk-sync: \(message)\n")
  }

  /// Writes the text to standard error unchanged.
  static func writeError(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// Writes a log line to standard error. Write errors are ignored.
  @Sendable static func log(_ line: String) {
    var line = line
    line.withUTF8 { _ = unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Flushes standard output, and returns whether its reader still exists.
  static func flush() -> Bool {
    var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
    let isGone = unsafe poll(&output, 1, 0) != 0
    return fflush(nil) == 0 && !isGone
  }

  private static func variable(_ name: String) -> String {
    ProcessInfo.processInfo.environment[name] ?? ""
  }
}

/// A terminal colour. It only emphasizes: the text alone carries the information.
enum Colour: Int {
  case red = 31
  case green = 32
  case yellow = 33
  case grey = 90

  /// Returns the text in this colour if the terminal supports it.
  func callAsFunction(_ text: String) -> String {
    Terminal.hasColour ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
  }
}
