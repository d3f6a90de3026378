import Glibc
import Synchronization

/// Ends the reading of connections that take too long over it.
///
/// A socket timeout restarts with every byte, so a peer that drips one byte a second would hold its
/// worker for ever; shutting the receiving side down makes the pending read return at once.
final class Watchdog: Sendable {
  let limit: Duration
  private let deadlines = Mutex<[Int32: ContinuousClock.Instant]>([:])

  init(limit: Duration) {
    self.limit = limit
  }

  /// Starts the connection's time; the caller keeps the descriptor open until it calls `release`.
  func watch(_ connection: borrowing Descriptor) {
    let number = connection.number
    deadlines.withLock { $0[number] = .now + limit }
  }

  func release(_ connection: borrowing Descriptor) {
    let number = connection.number
    deadlines.withLock { _ = $0.removeValue(forKey: number) }
  }

  /// Cuts off every connection whose time is over.
  func sweep() {
    deadlines.withLock { deadlines in
      let now = ContinuousClock.now
      for (number, deadline) in deadlines where deadline <= now {
        shutdown(number, Int32(SHUT_RD))
        deadlines[number] = nil
      }
    }
  }
}
