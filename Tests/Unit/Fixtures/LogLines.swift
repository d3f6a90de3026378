import ClerkSync
import Logging
import Settings
import Synchronization

/// The collected log output.
final class LogLines: Sendable {
  private let lines = Mutex("")

  var text: String { lines.withLock(\.self) }

  func logger(_ format: LogFormat) -> Logger {
    Logger(label: "test") { _ in
      LineLogHandler(format: format) { line in self.lines.withLock { $0 += line } }
    }
  }
}
