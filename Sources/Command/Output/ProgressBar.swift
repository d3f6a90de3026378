import Foundation

/// How far something long has come, on standard error: a bar on a terminal, elsewhere a line every ten seconds.
struct ProgressBar {
  /// Seconds between two lines where nobody watches, and between two states of the bar where somebody does.
  private static let interval = Terminal.showsProgress ? 0.1 : 10.0

  /// nil where it is not known.
  private let total: Int?
  /// What is counted, in the plural.
  private let unit: String
  private let before: Int
  private var done: Int
  private let start = Date.now
  private var shown = Terminal.showsProgress ? Date.distantPast : Date.now

  /// `done` of the `total` have been dealt with before.
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

  /// Takes the bar away.
  static func clear() {
    if Terminal.showsProgress { Terminal.writeError("\r\u{1b}[K") }
  }

  /// Says something in a line of its own.
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
