public import Foundation

/// How a new process of the handler takes over the listening socket, which somebody else holds.
public enum Handover: CaseIterable, Sendable {
  /// It waits on the socket before the old process is told to stop.
  case overlapping
  /// It starts once the old process has ended, as `systemctl restart` has it.
  case consecutive

  struct NotStopped: Error {
    let log: String
  }

  /// Restarts the handler so many times, some load apart; returns the last one.
  public func restart(_ first: Handler, times: Int, listener: FileHandle) throws -> Handler {
    var handler = first
    for number in 1...times {
      usleep(100_000)
      let start = { try Handler(in: first.folder, listener: listener, log: "\(number).log") }
      let early = self == .overlapping ? try start() : nil
      // Before a process is a handler, a signal ends it as it ends any program.
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
