import Glibc
import Synchronization

/// Ends the reading and writing of connections that take too long over it.
///
/// A socket timeout restarts with every byte, so a peer that drips one byte a second would hold its
/// worker for ever; shutting a side down makes the pending call return at once.
final class Watchdog: Sendable {
  private struct Watch {
    let deadline: ContinuousClock.Instant
    let side: Int32
  }

  let limit: Duration
  private let watches = Mutex<[Int32: Watch]>([:])

  init(limit: Duration) {
    self.limit = limit
  }

  /// Starts the connection's time, at the end of which `side` is shut down (shutdown(2)); the caller keeps the
  /// descriptor open until it calls `release`.
  func watch(_ connection: borrowing Descriptor, shuttingDown side: some BinaryInteger) {
    let number = connection.number
    let watch = Watch(deadline: .now + limit, side: Int32(side))
    watches.withLock { $0[number] = watch }
  }

  func release(_ connection: borrowing Descriptor) {
    let number = connection.number
    watches.withLock { _ = $0.removeValue(forKey: number) }
  }

  /// Cuts off every connection whose time is over.
  func sweep() {
    watches.withLock { watches in
      let now = ContinuousClock.now
      for (number, watch) in watches where watch.deadline <= now {
        shutdown(number, watch.side)
        watches[number] = nil
      }
    }
  }
}
