import Glibc
import Synchronization

/// Enforces the deadline for reading and writing on one worker's connections.
///
/// A socket timeout restarts with every byte, so a peer that sends one byte a second could hold a worker
/// forever. Shutting down one side of the socket makes the blocked call return at once.
final class Watchdog: Sendable {
  private struct Watch {
    let descriptor: Int32
    let deadline: ContinuousClock.Instant
    let side: Int32
  }

  let limit: Duration
  // One watchdog per worker, so that workers do not contend for one lock on every request.
  private let watch = Mutex<Watch?>(nil)

  init(limit: Duration) {
    self.limit = limit
  }

  /// Starts the time limit for a connection. When it expires, `side` is shut down (shutdown(2)).
  ///
  /// The caller keeps the descriptor open until it calls `release`.
  func watch(_ connection: borrowing Descriptor, shuttingDown side: some BinaryInteger) {
    let next = Watch(descriptor: connection.number, deadline: .now + limit, side: Int32(side))
    watch.withLock { $0 = next }
  }

  /// Ends the watch.
  func release() {
    watch.withLock { $0 = nil }
  }

  /// Shuts the connection down if its deadline has passed.
  func sweep() {
    watch.withLock { watch in
      guard let overdue = watch, overdue.deadline <= .now else { return }
      shutdown(overdue.descriptor, overdue.side)
      watch = nil
    }
  }
}
