public import Foundation

/// The way in which a new handler process takes over the listening socket, which another process holds.
public enum Handover: CaseIterable, Sendable {
  /// The new process waits on the socket before the old one is stopped.
  case overlapping
  /// The new process starts after the old one has ended, as with `systemctl restart`.
  case consecutive

  struct NotStopped: Error {
    let log: String
  }

  /// Restarts the handler `times` times, with some load in between. Returns the last one.
  public func restart(_ first: Handler, times: Int, listener: FileHandle) throws -> Handler {
    var handler = first
    for number in 1...times {
      usleep(100_000)
      let start = { try Handler(in: first.folder, listener: listener, log: "\(number).log") }
      let early = self == .overlapping ? try start() : nil
      // Until a process serves, a signal ends it like any other program.
      let isServing = try eventually { try handler.process.threads > 1 }
      handler.process.send(SIGTERM)
      guard isServing, handler.process.exitStatus() == 0 else {
        throw NotStopped(log: handler.process.log)
      }
      handler = try early ?? start()
    }
    return handler
  }
}
