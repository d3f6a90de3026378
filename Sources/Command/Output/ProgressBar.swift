import Foundation

/// The progress of a long operation, on standard error: a bar on a terminal, otherwise a line every ten seconds.
struct ProgressBar {
  /// Seconds between two updates.
  private static let interval = Terminal.showsProgress ? 0.1 : 10.0

  /// nil if unknown.
  private let total: Int?
  /// The name of the items, in the plural.
  private let unit: String
  private let before: Int
  private var done: Int
  private let start = Date.now
  private var shown = Terminal.showsProgress ? Date.distantPast : Date.now

  /// `done` items of the `total` were processed by an earlier run.
  init(total: Int?, done: Int = 0, of unit: String = "users") {
    self.unit = unit
    self.total = total
    self.before = done
    self.done = done
  }

  mutating func advance(by count: Int) {
    done += count
    guard Date.now.timeIntervalSince(shown) >= Self.interval else { return }
    shown = .now
    Terminal.writeError(Terminal.showsProgress ? "\r\u{1b}[K\(bar)\(text)" : "\(text)\n")
  }

  /// Removes the bar from the screen.
  static func clear() {
    if Terminal.showsProgress { Terminal.writeError("\r\u{1b}[K") }
  }

  /// Prints a message on a line of its own.
  static func say(_ message: String) {
    clear()
    Terminal.complain(message)
  }

  private var bar: String {
    guard let total, total > 0 else { return "" }
    let filled = min(20, done * 20 / total)
    return "[\(String(repeating: "#", count: filled))\(String(repeating: "-", count: 20 - filled))] "
  }

  private var text: String {
    let seconds = max(0.001, Date.now.timeIntervalSince(start))
    let rate = Double(done - before) / seconds
    guard let total, rate > 0 else { return "\(done) \(unit), \(Int(rate))/s" }
    let left = max(0, Int((Double(total - done) / rate).rounded(.up)))
    let time = left < 60 ? "\(left) s" : "\(left / 60) min \(left % 60) s"
    return "\(done) of \(total) \(unit), \(Int(rate))/s, \(time) left"
  }
}
