import ClerkSync
import Logging
import Redis

/// An entry that cannot be applied, by its own fault.
struct FailedEntry {
  let entry: QueueEntry
  let reason: String
  /// nil for one that is not even verified.
  let delivery: Delivery?
  /// The e-mail address that it needs, where it failed for that.
  var address: NeededAddress?
  /// Whether no other try can make it better.
  var isFinal = false
}

/// What a worker does with the entries that it cannot apply.
extension QueueWorker {
  /// Has the entry wait for its next try, or gives it up. It waits, too, while Redis refuses to note that, so that what
  /// can be applied is not held up.
  mutating func settle(_ failed: FailedEntry) throws(RedisError) {
    let id = failed.entry.id
    if let delivery = failed.delivery { store.recordFailure(of: delivery, reason: failed.reason) }
    guard waiting.counts(id) else { return waiting.wait(id, for: failed.address) }
    do {
      try count(failed)
      isNotingRefused = false
    } catch {
      guard case .refused = error else { throw error }
      waiting.waitUncounted(id, for: failed.address)
      if !isNotingRefused {
        logger.error("what fails cannot be counted", metadata: ["reason": "\(error.reason)"])
      }
      isNotingRefused = true
    }
  }

  private mutating func count(_ failed: FailedEntry) throws(RedisError) {
    let id = failed.entry.id
    var tries = 0
    if !failed.isFinal {
      // Another worker has dealt with it.
      guard let count = try queue.countTry(of: id) else { return waiting.remove([id]) }
      tries = count
    }
    let metadata: Logger.Metadata = [
      "entry": "\(id)", "svix_id": "\(failed.entry.text("id") ?? "")", "tries": .stringConvertible(tries),
      "reason": "\(failed.reason)",
    ]
    if !failed.isFinal, tries < options.tries {
      waiting.wait(id, tries: tries, for: failed.address)
      if tries == 1 { logger.warning("failed, will be tried again", metadata: metadata) }
    } else {
      let wasMoved = try queue.moveToDeadLetters(failed.entry, tries: tries, reason: failed.reason)
      waiting.remove([id])
      if wasMoved { logger.error("given up, now a dead letter", metadata: metadata) }
    }
  }
}

extension FailedEntry {
  /// An event that the database refused.
  init(_ entry: QueueEntry, _ error: StoreError, of event: Event) {
    var address: NeededAddress?
    if case .emailTaken = error, let user = event.change?.user {
      address = NeededAddress(address: user.email, userID: user.id)
    }
    self.init(
      entry: entry, reason: "\(DeliveryError.store(error))", delivery: event.delivery, address: address)
  }

  /// An event of before everything that the ledger and the tombstones, kept for so many days, still know: it could be one
  /// of a user deleted since. nil for any other; `now` is in milliseconds since 1970.
  init?(_ entry: QueueEntry, _ event: Event, expiredAfter days: Int, now: Int64) {
    guard (entry.signed ?? 0) < now / 1000 - Int64(days) * 86_400 else { return nil }
    self.init(
      entry: entry,
      reason: "expired: signed more than CLERK_SYNC_RETENTION_DAYS, \(days) days, ago, and whether the user "
        + "has been deleted since is no longer known: clerk-sync reconcile shows what differs from Clerk",
      delivery: event.delivery, isFinal: true)
  }
}
