public import ClerkSync
public import Logging
import Redis
public import Svix

/// Applies what lies in a queue to the database beside it. Several may work on one queue.
///
/// An entry is acknowledged after the commit that holds it: it comes at least once, and the ledger sees to it that it
/// takes effect once.
public struct QueueWorker: Sendable {
  public struct Options: Sendable {
    /// How many entries go into one transaction at most.
    public var batch = 500
    /// How long an entry may lie with a worker before it is taken for dead.
    public var idle = Duration.seconds(60)
    /// How often an entry may fail by its own fault.
    public var tries = 25
    /// What Redis knows this worker by. It is a label: workers of the same name do not get in each other's way.
    public var name = "worker"

    public init() {}
  }

  /// Between two looks for addresses that have become free.
  private static let lookingPause = Duration.milliseconds(200)

  let queue: DeliveryQueue
  let store: UserStore
  let verifier: Verifier
  let roles: Roles
  let options: Options
  let logger: Logger
  let stop: StopRequest
  let clock: WallClock

  var waiting = WaitingEntries()
  /// What has been committed and not acknowledged yet.
  var done: [String] = []
  private var redisBackoff = Backoff(first: .milliseconds(500), longest: .seconds(30))
  private var databaseBackoff = Backoff(first: .milliseconds(500), longest: .seconds(30))
  /// Whether Redis refuses to note what fails.
  var isNotingRefused = false
  private var lease: Lease
  /// When to look again for addresses that have become free.
  private var nextLook = ContinuousClock.now

  /// `secrets` are those of the receivers: each entry is verified anew.
  public init(
    queue: DeliveryQueue, store: UserStore, secrets: [Secret], roles: Roles, options: Options = Options(),
    logger: Logger, stop: StopRequest, clock: WallClock = .system
  ) {
    self.queue = queue
    self.store = store
    verifier = Verifier(secrets: secrets)
    self.roles = roles
    self.options = options
    self.logger = logger
    self.stop = stop
    self.clock = clock
    lease = Lease(queue, options)
  }

  /// Works until it is asked to stop, and then to the end of the batch.
  public mutating func run() {
    while !stop.wasMade {
      do throws(RedisError) {
        try round()
        if redisBackoff.isUnderWay { logger.info("Redis is back") }
        redisBackoff.reset()
      } catch {
        if !redisBackoff.isUnderWay { logger.error("Redis is gone", metadata: ["reason": "\(error.reason)"]) }
        stop.sleep(redisBackoff.next())
      }
    }
  }

  /// One round, or the consumer group for it: there is none at first, nor after Redis was emptied.
  private mutating func round() throws(RedisError) {
    do {
      try step()
    } catch .refused(_, code: "NOGROUP") {
      try queue.prepare()
      logger.info("made the queue's consumer group")
    }
  }

  /// One round: what failed before, what a dead worker left, and what is new, which is waited for.
  private mutating func step() throws(RedisError) {
    if !done.isEmpty { _ = try acknowledge() }

    lookForFreeAddresses()
    try process(lease.takeReady(&waiting))
    if stop.wasMade { return }
    try process(lease.abandoned())
    if stop.wasMade { return }
    try lease.hold(&waiting)
    let pause = waiting.nextDue.map { min($0, lease.nextHold, nextLook) - .now } ?? .seconds(1)
    try process(queue.next(options.batch, as: options.name, wait: min(pause, .seconds(1))))
  }

  /// Has those be tried now whose address has become free, by this worker or by another one.
  private mutating func lookForFreeAddresses() {
    guard nextLook <= .now else { return }
    let addresses = waiting.addresses
    nextLook = addresses.isEmpty ? .now + .seconds(1) : .now + Self.lookingPause
    if addresses.isEmpty { return }
    // What is wrong with the database the next batch tells.
    waiting.free((try? store.free(addresses)) ?? [])
  }
}

/// What a worker does with the entries that it has been given.
extension QueueWorker {
  /// Applies the entries in one transaction, and acknowledges them after its commit.
  private mutating func process(_ entries: [QueueEntry]) throws(RedisError) {
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
        failed.append(FailedEntry(entry, error, of: event))
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
  private mutating func acknowledge() throws(RedisError) -> Int {
    let left = try queue.finish(done)
    done = []
    return left
  }

  private func decode(_ entries: [QueueEntry]) -> (
    sound: [(entry: QueueEntry, event: Event)], failed: [FailedEntry]
  ) {
    var sound: [(entry: QueueEntry, event: Event)] = []
    var failed: [FailedEntry] = []
    for entry in entries {
      do throws(DeliveryError) {
        let event = try entry.event(verifier, roles: roles)
        if let expired = FailedEntry(entry, event, expiredAfter: store.options.retention, now: clock.now()) {
          failed.append(expired)
        } else {
          sound.append((entry, event))
        }
      } catch {
        var delivery: Delivery?
        if case .event(let cause) = error, let id = entry.text("id") {
          delivery = Delivery(id: id, type: cause.type, userID: cause.userID)
        }
        failed.append(FailedEntry(entry: entry, reason: "\(error)", delivery: delivery))
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
        if databaseBackoff.isUnderWay { logger.info("the database is back") }
        databaseBackoff.reset()
        return results
      } catch {
        if !databaseBackoff.isUnderWay {
          logger.error("the database takes nothing; the deliveries wait", metadata: ["reason": "\(error)"])
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
    for outcome in [Outcome.applied, .duplicate, .stale, .ignored] {
      metadata[outcome.rawValue] = outcomes[outcome].map { .stringConvertible($0) }
    }
    if failed > 0 { metadata["failed"] = .stringConvertible(failed) }
    if let left { metadata["left"] = .stringConvertible(left) }
    logger.log(level: failed > 0 ? .warning : .info, "batch", metadata: metadata)
  }
}
