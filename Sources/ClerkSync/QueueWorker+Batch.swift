import Logging
import Redis

/// What a worker does with the entries that it has been given.
extension QueueWorker {
  /// Applies the entries in one transaction, and acknowledges them after its commit.
  mutating func process(_ entries: [QueueEntry]) throws(RedisError) {
    guard !entries.isEmpty else { return }
    let taken = ContinuousClock.now
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
    for one in failed {
      // By now it may be another worker's, who will find out the same.
      guard .now - taken <= options.idle else { return }
      try settle(one)
    }
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
      do throws(RequestFailure) {
        let event = try entry.event(verifier, roles: roles)
        if let expired = Failed(entry, event, expiredAfter: store.options.retention, now: clock.now()) {
          failed.append(expired)
        } else {
          sound.append((entry, event))
        }
      } catch {
        var delivery: Delivery?
        if case .event(let cause) = error, let id = entry.text("id") {
          delivery = Delivery(id: id, type: cause.type, userID: cause.userID)
        }
        failed.append(Failed(entry: entry, reason: Failed.reason(error), delivery: delivery))
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
