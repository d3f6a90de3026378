import Logging
import Redis

/// What a worker does with the entries that it cannot apply.
extension QueueWorker {
  /// An entry that cannot be applied, by its own fault.
  struct Failed {
    let entry: QueueEntry
    let failure: Failure
    /// nil for one that is not even verified.
    let delivery: Delivery?

    var reason: String { [failure.code, failure.reason].compactMap(\.self).joined(separator: ": ") }
    /// The e-mail address that it needs, where it failed for that.
    let address: NeededAddress?
  }

  /// Has the entry wait for its next try, or gives it up. It waits, too, while Redis refuses to note that, so that what
  /// can be applied is not held up.
  mutating func settle(_ failed: Failed) throws(RedisError) {
    let id = failed.entry.id
    if let delivery = failed.delivery { store.recordFailure(of: delivery, reason: failed.reason) }
    guard waiting.counts(id) else { return waiting.wait(id, for: failed.address) }
    do {
      try count(failed)
      isNotingRefused = false
    } catch {
      guard case .refused = error else { throw error }
      waiting.waitUncounted(id, for: failed.address)
      if !isNotingRefused { logger.error("what fails cannot be counted", metadata: ["reason": "\(error)"]) }
      isNotingRefused = true
    }
  }

  private mutating func count(_ failed: Failed) throws(RedisError) {
    let id = failed.entry.id
    // Another worker has dealt with it.
    guard let tries = try queue.countTry(of: id) else { return waiting.remove([id]) }
    let metadata: Logger.Metadata = [
      "entry": "\(id)", "svix_id": "\(failed.entry.text("id") ?? "")", "tries": .stringConvertible(tries),
      "reason": "\(failed.reason)",
    ]
    if tries < options.tries {
      waiting.wait(id, tries: tries, for: failed.address)
      if tries == 1 { logger.warning("failed, will be tried again", metadata: metadata) }
    } else {
      let isBuried = try queue.bury(failed.entry, tries: tries, reason: failed.reason)
      waiting.remove([id])
      if isBuried { logger.error("given up, now a dead letter", metadata: metadata) }
    }
  }
}

extension QueueWorker.Failed {
  /// An event that the database refused.
  init(_ entry: QueueEntry, _ error: StoreError, of event: Event) {
    var address: NeededAddress?
    if case .emailTaken = error, let user = event.change?.user {
      address = NeededAddress(address: user.email, userID: user.id)
    }
    self.init(entry: entry, failure: .database(error), delivery: event.delivery, address: address)
  }
}
