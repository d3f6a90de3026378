import Dispatch
import Foundation

/// Turns Ctrl-C into a cancellation, which lets the current step finish. A second Ctrl-C kills the process.
enum Interruption {
  /// Runs `body` in a task that is cancelled by SIGINT and SIGTERM.
  static func cancelling<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task(operation: body)
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler {
        task.cancel()
        signal(number, SIG_DFL)
      }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    return try await task.value
  }
}
