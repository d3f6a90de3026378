import Settings

/// Why a command could not do what it was asked: one line that names what was wrong, what was expected, and what to do.
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

/// What the process tells a script when it ends; 64 and 78 are those of sysexits(3).
enum ExitStatus: Int32 {
  case done = 0
  /// Done, with something to look at: warnings, differences, nothing found.
  case attention = 1
  case failed = 2
  case usage = 64
  case configuration = 78
}
