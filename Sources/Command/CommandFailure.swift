import ArgumentParser
import Settings

/// The reason why a command failed, in one line: what was wrong, what was expected, and what to do next.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String
  let status: ExitStatus

  init(_ description: String, status: ExitStatus = .failed) {
    self.description = description
    self.status = status
  }

  init(_ error: ConfigurationError) {
    self.init("\(error)", status: .configuration)
  }
}

/// The exit status of the process; 64 and 78 follow sysexits(3).
enum ExitStatus: Int32 {
  case done = 0
  /// Success, but the result needs attention: warnings, differences, or nothing found.
  case attention = 1
  case failed = 2
  case usage = 64
  case configuration = 78
}

extension ExitCode {
  /// The error that ends the process with this status and no message.
  init(_ status: ExitStatus) {
    self.init(status.rawValue)
  }
}
