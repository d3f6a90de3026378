public import ClerkSync
public import Logging
import Redis
public import Svix

/// Applies queued deliveries to the database on this machine. Several workers can share one queue.
///
/// An entry is acknowledged after the commit that contains it. Delivery is therefore at least once, and the
/// ledger makes it idempotent.
public struct QueueWorker: Sendable {
  public struct Options: Sendable {
    /// The largest number of entries in one transaction.
    public var batch = 500
    /// The time after which an entry whose worker shows no activity counts as abandoned.
    public var idle = Duration.seconds(60)
    /// The number of failed tries after which an entry is given up.
    public var tries = 25
    /// The Clerk instance whose events are accepted, `ins_…`; nil for those of every instance.
    public var instance: String?
    /// The consumer name in Redis. It is only a label: workers with the same name do not interfere.
    public var name = "worker"

    public init() {}
  }

  /// The interval between checks for obstacles that are gone.
  private static let obstaclePollInterval = Duration.milliseconds(200)

  let queue: DeliveryQueue
  let store: UserStore
  let verifier: Verifier
  let options: Options
  let logger: Logger
  let stop: StopRequest
  let clock: WallClock

  var waiting = WaitingEntries()
  /// The entries that are committed but not yet acknowledged.
  var done: [String] = []
  private var redisBackoff = Backoff(first: .milliseconds(500), longest: .seconds(30))
  private var databaseBackoff = Backoff(first: .milliseconds(500), longest: .seconds(30))
  /// Whether the consumer group has existed since this worker started.
  private var hadGroup = false
  /// Whether Redis refuses to count failed tries.
  var isCountingRefused = false
  private var lease: Lease
  /// The time of the next check for obstacles that are gone.
  private var nextObstaclePoll = ContinuousClock.now

  /// `secrets` are those of the receivers, with which every entry is verified again.
  public init(
    queue: DeliveryQueue, store: UserStore, secrets: [Secret], options: Options = Options(),
    logger: Logger, stop: StopRequest, clock: WallClock = .system
  ) {
    self.queue = queue
    self.store = store
    verifier = Verifier(secrets: secrets)
    self.options = options
    self.logger = logger
    self.stop = stop
    self.clock = clock
    lease = Lease(queue, options)
  }

  /// Runs until a stop is requested, then finishes the current batch.
  public mutating func run() {
    while !stop.wasMade {
      do throws(RedisError) {
        try round()
        if redisBackoff.isUnderWay { logger.info("Redis is available again") }
        redisBackoff.reset()
      } catch {
        if !redisBackoff.isUnderWay {
          logger.error("Redis is unavailable", metadata: ["reason": "\(error.reason)"])
        }
        stop.sleep(redisBackoff.next())
      }
    }
  }

  /// Runs one round. Creates the consumer group when it is missing: at first, and after Redis was emptied.
  private mutating func round() throws(RedisError) {
    do {
      try step()
    } catch .refused(_, code: "NOGROUP"), .refused(_, code: "UNBLOCKED") {
      // Redis ends a wait as UNBLOCKED also when it becomes a replica, which then refuses the creation.
      try createGroup()
    }
    hadGroup = true
  }

  private func createGroup() throws(RedisError) {
    guard try queue.prepare() else { return }
    guard hadGroup else { return logger.info("created the queue's consumer group") }
    logger.warning(
      "the queue's consumer group was gone, and has been created again",
      metadata: [
        "reason": """
        Redis was emptied, as by FLUSHALL, or has restarted without its data: deliveries that waited in it are lost; \
        clerk-sync reconcile shows the differences from Clerk
        """
      ])
  }

  /// Runs one round: entries due for a retry, then abandoned entries, then new ones, for which it waits.
  private mutating func step() throws(RedisError) {
    if !done.isEmpty { _ = try acknowledge() }

    readyFreedEntries()
    try process(lease.takeReady(&waiting))
    if stop.wasMade { return }
    try process(lease.abandoned())
    if stop.wasMade { return }
    try lease.renew(&waiting)
    let pause = waiting.nextDue.map { min($0, lease.nextRenewal, nextObstaclePoll) - .now } ?? .seconds(1)
    try process(queue.next(options.batch, as: options.name, wait: min(pause, .seconds(1))))
  }

  /// Makes the entries ready whose obstacle is gone, through this worker or another one.
  private mutating func readyFreedEntries() {
    guard nextObstaclePoll <= .now else { return }
    let obstacles = waiting.obstacles
    nextObstaclePoll = obstacles.isEmpty ? .now + .seconds(1) : .now + Self.obstaclePollInterval
    if obstacles.isEmpty { return }
    // An error of the database is reported by the next batch.
    waiting.free((try? store.overcome(obstacles)) ?? [])
  }
}

/// Processing of claimed entries.
extension QueueWorker {
  /// Applies the entries in one transaction and acknowledges them after its commit.
  private mutating func process(_ entries: [QueueEntry]) throws(RedisError) {
    guard !entries.isEmpty else { return }
    let taken = ContinuousClock.now
    var (valid, refused, failed) = decode(entries)
    guard let results = apply(valid.map(\.event)) else { return }

    var outcomes: [Outcome: Int] = [:]
    for ((entry, event), result) in zip(valid, results) {
      switch result {
      case .success(let receipt):
        done.append(entry.id)
        outcomes[receipt.outcome, default: 0] += 1
        let replaced = receipt.outcome == .applied ? event.warnings : []
        let warnings = replaced + [receipt.warning].compactMap(\.self)
        if !warnings.isEmpty {
          logger.warning(
            "\(receipt.outcome.rawValue) with a warning",
            metadata: ["svix_id": "\(event.messageID)", "reason": "\(warnings.joined(separator: "; "))"])
        }
      case .failure(let error):
        failed.append(FailedEntry(entry, error, of: event))
      }
    }
    for entry in refused {
      guard let outcome = record(entry) else { return }
      done.append(entry.entry.id)
      outcomes[outcome, default: 0] += 1
    }
    waiting.remove(done)
    let left = Result { () throws(RedisError) in try acknowledge() }
    log(entries, outcomes, failed: failed.count, left: try? left.get())
    _ = try left.get()
    for one in failed {
      // The lease may have expired. Another worker then finds the same failure.
      guard .now - taken <= options.idle else { return }
      try retryOrGiveUp(one)
    }
  }

  /// Acknowledges the committed entries, including those of earlier batches for which Redis was unavailable.
  /// Returns the number of entries that remain.
  private mutating func acknowledge() throws(RedisError) -> Int {
    let left = try queue.finish(done)
    done = []
    return left
  }

  private func decode(_ entries: [QueueEntry]) -> (
    valid: [(entry: QueueEntry, event: Event)], refused: [RefusedEntry], failed: [FailedEntry]
  ) {
    var valid: [(entry: QueueEntry, event: Event)] = []
    var refused: [RefusedEntry] = []
    var failed: [FailedEntry] = []
    for entry in entries {
      do throws(DeliveryError) {
        let event = try entry.event(verifier, store.options.mapping, instance: options.instance)
        if let expired = FailedEntry(entry, event, expiredAfter: store.options.retention, now: clock.now()) {
          failed.append(expired)
        } else {
          valid.append((entry, event))
        }
      } catch {
        if case .event(let cause) = error {
          refused.append(RefusedEntry(entry: entry, error: cause))
        } else {
          failed.append(FailedEntry(entry: entry, reason: "\(error)", delivery: nil))
        }
      }
    }
    return (valid, refused, failed)
  }

  /// Applies the events. Returns nil when a stop is requested before the database accepts them.
  private mutating func apply(_ events: [Event]) -> [Result<Receipt, StoreError>]? {
    if events.isEmpty { return [] }
    let store = store
    return untilAvailable { () throws(StoreError) in try store.deliver(events) }
  }

  /// Records the entry in the ledger. Returns nil when a stop is requested before the database accepts it.
  private mutating func record(_ refused: RefusedEntry) -> Outcome? {
    let (store, delivery, reason) = (store, refused.delivery, "\(DeliveryError.event(refused.error))")
    let outcome = untilAvailable { () throws(StoreError) in
      try store.recordRefusal(of: delivery, reason: reason, time: refused.error.version)
    }
    if outcome == .refused {
      logger.warning(
        "refused, and no retry can mend it",
        metadata: ["entry": "\(refused.entry.id)", "svix_id": "\(delivery.id)", "reason": "\(reason)"])
    }
    return outcome
  }

  /// Retries `body` until the database is available. Returns nil when a stop is requested first.
  private mutating func untilAvailable<Value>(_ body: () throws(StoreError) -> Value) -> Value? {
    while true {
      do throws(StoreError) {
        let value = try body()
        if databaseBackoff.isUnderWay { logger.info("the database is available again") }
        databaseBackoff.reset()
        return value
      } catch {
        if !databaseBackoff.isUnderWay {
          logger.error("the database is unavailable; the deliveries wait", metadata: ["reason": "\(error)"])
        }
        stop.sleep(databaseBackoff.next())
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
    for outcome in [Outcome.applied, .duplicate, .stale, .ignored, .refused] {
      metadata[outcome.rawValue] = outcomes[outcome].map { .stringConvertible($0) }
    }
    if failed > 0 { metadata["failed"] = .stringConvertible(failed) }
    if let left { metadata["left"] = .stringConvertible(left) }
    logger.log(level: failed > 0 ? .warning : .info, "batch", metadata: metadata)
  }
}
