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
  var redisPause = GrowingPause()
  var databasePause = GrowingPause()
  /// Whether Redis refuses to note what fails.
  var isNotingRefused = false
  private var search = AbandonedSearch()
  /// When what waits was last known to be this worker's alone.
  var held = ContinuousClock.now
  var nextHold = ContinuousClock.now
  var nextLook = ContinuousClock.now

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
  }

  /// Works until it is asked to stop, and then to the end of the batch.
  public mutating func run() {
    while !stop.wasMade {
      do throws(RedisError) {
        try round()
        if redisPause.isUnderWay { logger.info("Redis is back") }
        redisPause.reset()
      } catch {
        if !redisPause.isUnderWay { logger.error("Redis is gone", metadata: ["reason": "\(error)"]) }
        stop.sleep(redisPause.next())
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

    try process(dueEntries())
    if stop.wasMade { return }
    try process(search.next(in: queue, options))
    if stop.wasMade { return }
    try hold()
    let pause = waiting.nextDue.map { min($0, nextHold, nextLook) - .now } ?? .seconds(1)
    try process(queue.next(options.batch, as: options.name, wait: min(pause, .seconds(1))))
  }
}
