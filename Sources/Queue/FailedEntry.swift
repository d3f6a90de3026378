import ClerkSync
import Logging
import Redis

/// An entry that could not be applied because of its own content.
struct FailedEntry {
  let entry: QueueEntry
  let reason: String
  /// What is still to be recorded in the ledger; nil when the store has recorded it, and when the entry could not be
  /// verified.
  let delivery: Delivery?
  /// What only another entry can mend, if that was the failure.
  var obstacle: Obstacle?
  /// Whether no retry can succeed.
  var isFinal = false
}

/// An entry that no retry can mend. The ledger records it, and it leaves the queue.
struct RefusedEntry {
  let entry: QueueEntry
  let error: EventError

  var delivery: Delivery {
    Delivery(id: entry.text("id") ?? "", type: error.type, objectID: error.userID)
  }
}

/// Handling of entries that could not be applied.
extension QueueWorker {
  /// Schedules the entry's next try, or gives it up. When Redis refuses to count the try, the entry waits all
  /// the same, so that it does not block entries that can be applied.
  mutating func retryOrGiveUp(_ failed: FailedEntry) throws(RedisError) {
    let id = failed.entry.id
    if let delivery = failed.delivery { store.recordFailure(of: delivery, reason: failed.reason) }
    guard waiting.counts(id) else { return waiting.wait(id, for: failed.obstacle) }
    do {
      try countTry(of: failed)
      isCountingRefused = false
    } catch {
      guard case .refused = error else { throw error }
      waiting.waitUncounted(id, for: failed.obstacle)
      if !isCountingRefused {
        logger.error("Redis refuses to count failed tries", metadata: ["reason": "\(error.reason)"])
      }
      isCountingRefused = true
    }
  }

  private mutating func countTry(of failed: FailedEntry) throws(RedisError) {
    let id = failed.entry.id
    var tries = 0
    if !failed.isFinal {
      // Another worker has finished the entry.
      guard let count = try queue.countTry(of: id) else { return waiting.remove([id]) }
      tries = count
    }
    let metadata: Logger.Metadata = [
      "entry": "\(id)", "svix_id": "\(failed.entry.text("id") ?? "")", "tries": .stringConvertible(tries),
      "reason": "\(failed.reason)",
    ]
    if !failed.isFinal, tries < options.tries {
      waiting.wait(id, tries: tries, for: failed.obstacle)
      if tries == 1 { logger.warning("failed, will be retried", metadata: metadata) }
    } else {
      let wasMoved = try queue.moveToDeadLetters(failed.entry, tries: tries, reason: failed.reason)
      waiting.remove([id])
      if wasMoved { logger.error("given up, now a dead letter", metadata: metadata) }
    }
  }
}

extension FailedEntry {
  /// An event that the database refused. The store has recorded it.
  init(_ entry: QueueEntry, _ error: StoreError, of event: Event) {
    self.init(
      entry: entry, reason: "\(DeliveryError.store(error))", delivery: nil,
      obstacle: Obstacle(error, of: event))
  }

  /// An event older than the retention of the ledger and the tombstones, in days. A deletion of its user may
  /// already have been forgotten, so applying it could restore a deleted user. Returns nil for a newer event.
  /// `now` is in milliseconds since 1970.
  init?(_ entry: QueueEntry, _ event: Event, expiredAfter days: Int, now: Int64) {
    guard (entry.signed ?? 0) < now / 1000 - Int64(days) * 86_400 else { return nil }
    self.init(
      entry: entry,
      reason:
        "expired: signed more than CLERK_SYNC_RETENTION_DAYS, \(days) days, ago, and a deletion of the user "
        + "since then may have been forgotten: clerk-sync reconcile shows the differences from Clerk",
      delivery: event.delivery, isFinal: true)
  }
}
