import Glibc
import Synchronization

/// Ends the reading and writing of one worker's connections where they take too long over it.
///
/// A socket timeout restarts with every byte, so a peer that drips one byte a second would hold its
/// worker for ever; shutting a side down makes the pending call return at once.
final class Watchdog: Sendable {
  private struct Watch {
    let descriptor: Int32
    let deadline: ContinuousClock.Instant
    let side: Int32
  }

  let limit: Duration
  // Each worker has its own, so that they do not meet at one lock with every request.
  private let watch = Mutex<Watch?>(nil)

  init(limit: Duration) {
    self.limit = limit
  }

  /// Starts the connection's time, at the end of which `side` is shut down (shutdown(2)); the caller keeps the
  /// descriptor open until it calls `release`.
  func watch(_ connection: borrowing Descriptor, shuttingDown side: some BinaryInteger) {
    let next = Watch(descriptor: connection.number, deadline: .now + limit, side: Int32(side))
    watch.withLock { $0 = next }
  }

  /// Ends the watch.
  func release() {
    watch.withLock { $0 = nil }
  }

  /// Cuts the connection off if its time is over.
  func sweep() {
    watch.withLock { watch in
      guard let overdue = watch, overdue.deadline <= .now else { return }
      shutdown(overdue.descriptor, overdue.side)
      watch = nil
    }
  }
}
