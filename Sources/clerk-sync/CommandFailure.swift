import ClerkSync

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
