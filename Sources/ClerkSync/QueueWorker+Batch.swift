import Logging
import Redis

/// What a worker does with the entries that it has been given.
extension QueueWorker {
  /// An entry that cannot be applied, by its own fault.
  fileprivate struct Failed {
    let entry: QueueEntry
    let failure: Failure
    /// nil for one that is not even verified.
    let delivery: Delivery?

    var reason: String { [failure.code, failure.reason].compactMap(\.self).joined(separator: ": ") }
    /// The e-mail address that it needs, where it failed for that.
    let address: NeededAddress?
  }

  /// Applies the entries in one transaction, and acknowledges them after its commit.
  mutating func process(_ entries: [QueueEntry]) throws(RedisError) {
    guard !entries.isEmpty else { return }
    var (sound, failed) = decode(entries)
    guard let results = apply(sound.map(\.event)) else { return }

    var outcomes: [Outcome: Int] = [:]
    for ((entry, event), result) in zip(sound, results) {
      switch result {
      case .success(let outcome):
        done.append(entry.id)
        outcomes[outcome, default: 0] += 1
      case .failure(let error):
        failed.append(Failed(entry, error, of: event))
      }
    }
    waiting.remove(done)
    let left = Result { () throws(RedisError) in try acknowledge() }
    log(entries, outcomes, failed: failed.count, left: try? left.get())
    _ = try left.get()
    for one in failed { try settle(one) }
  }

  /// Says to Redis what is done, now or before when it could not be told; returns how many entries that leaves.
  mutating func acknowledge() throws(RedisError) -> Int {
    let left = try queue.finish(done)
    done = []
    return left
  }

  private func decode(_ entries: [QueueEntry]) -> (
    sound: [(entry: QueueEntry, event: Event)], failed: [Failed]
  ) {
    var sound: [(entry: QueueEntry, event: Event)] = []
    var failed: [Failed] = []
    for entry in entries {
      do throws(Failure) {
        sound.append((entry, try entry.event(verifier, roles: roles)))
      } catch {
        var delivery: Delivery?
        if case .event(let cause) = error, let id = entry.text("id") {
          delivery = Delivery(id: id, type: cause.type, userID: cause.userID)
        }
        failed.append(Failed(entry: entry, failure: error, delivery: delivery, address: nil))
      }
    }
    return (sound, failed)
  }

  /// The results of the events once the database takes them; nil when the worker is to stop before it does.
  private mutating func apply(_ events: [Event]) -> [Result<Outcome, StoreError>]? {
    if events.isEmpty { return [] }
    while true {
      do throws(StoreError) {
        let results = try store.apply(events)
        if databasePause.isUnderWay { logger.info("the database is back") }
        databasePause.reset()
        return results
      } catch {
        if !databasePause.isUnderWay {
          logger.error("the database takes nothing; the deliveries wait", metadata: ["reason": "\(error)"])
        }
        stop.sleep(databasePause.next())
        if stop.wasMade { return nil }
      }
    }
  }

  /// Has the entry wait for its next try, or gives it up.
  private mutating func settle(_ failed: Failed) throws(RedisError) {
    let id = failed.entry.id
    if let delivery = failed.delivery { store.recordFailure(of: delivery, reason: failed.reason) }
    guard waiting.counts(id) else { return waiting.wait(id, for: failed.address) }
    let tries = try queue.countTry(of: id)
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

  private func log(_ entries: [QueueEntry], _ outcomes: [Outcome: Int], failed: Int, left: Int?) {
    let newest = entries.map(\.time).max() ?? 0
    var metadata: Logger.Metadata = [
      "entries": .stringConvertible(entries.count),
      "lag_ms": .stringConvertible(Int(max(0, clock.now() - newest))),
    ]
    for outcome in [Outcome.applied, .duplicate, .stale, .ignored] {
      metadata[outcome.rawValue] = outcomes[outcome].map { .stringConvertible($0) }
    }
    if failed > 0 { metadata["failed"] = .stringConvertible(failed) }
    if let left { metadata["left"] = .stringConvertible(left) }
    logger.log(level: failed > 0 ? .warning : .info, "batch", metadata: metadata)
  }
}

extension QueueWorker.Failed {
  /// An event that the database refused.
  fileprivate init(_ entry: QueueEntry, _ error: StoreError, of event: Event) {
    var address: NeededAddress?
    if case .emailTaken = error, let user = event.change?.user {
      address = NeededAddress(address: user.email, userID: user.id)
    }
    self.init(entry: entry, failure: .database(error), delivery: event.delivery, address: address)
  }
}
