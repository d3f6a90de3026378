import Redis

/// A worker's hold on the entries that wait for their next try: once it has not held them for
/// ``QueueWorker/Options/idle``, Redis gives them to whoever asks. The other way round, the lease finds what a worker
/// was given and never dealt with, because it has died.
struct Lease {
  private let queue: DeliveryQueue
  private let options: QueueWorker.Options
  /// When what waits was last known to be this worker's alone.
  private var held = ContinuousClock.now
  /// When what waits is to be held again.
  private(set) var nextHold = ContinuousClock.now
  /// Where the search for abandoned entries goes on; nil between two searches.
  private var cursor: String?
  private var nextSearch = ContinuousClock.now

  init(_ queue: DeliveryQueue, _ options: QueueWorker.Options) {
    self.queue = queue
    self.options = options
  }

  /// Keeps other workers from taking what waits here for an abandoned entry.
  mutating func hold(_ waiting: inout WaitingEntries) throws(RedisError) {
    if forgetLost(&waiting) || waiting.isEmpty || nextHold > .now { return }
    let start = ContinuousClock.now
    let ids = waiting.ids
    for first in stride(from: 0, to: ids.count, by: 1000) {
      let some = ids[first..<min(first + 1000, ids.count)]
      let kept = try queue.hold(Array(some), as: options.name)
      waiting.remove(Set(some).subtracting(kept))
    }
    if forgetLost(&waiting) { return }
    held = start
    nextHold = start + options.idle / 4
  }

  /// Takes those of the waiting entries that are to be tried now.
  mutating func takeReady(_ waiting: inout WaitingEntries) throws(RedisError) -> [QueueEntry] {
    _ = forgetLost(&waiting)
    let ready = waiting.ready(options.batch)
    if ready.isEmpty { return [] }
    let entries = try queue.take(ready, as: options.name)
    // Redis may have been asked too late.
    if forgetLost(&waiting) { return [] }
    // Another worker has dealt with the others.
    waiting.remove(Set(ready).subtracting(entries.map(\.id)))
    return entries
  }

  /// The next entries that another worker has abandoned, now this worker's; none when it is not time to look.
  mutating func abandoned() throws(RedisError) -> [QueueEntry] {
    guard cursor != nil || nextSearch <= .now else { return [] }
    nextSearch = .now + options.idle / 4
    let found = try queue.abandoned(
      from: cursor ?? "0-0", for: options.idle, count: options.batch, as: options.name)
    cursor = found.cursor
    return found.entries
  }

  /// Forgets what waits where another worker may have been given it meanwhile, and tells whether that is so. It is
  /// found again as abandoned, by this worker or another one.
  private mutating func forgetLost(_ waiting: inout WaitingEntries) -> Bool {
    if waiting.isEmpty { held = .now }
    guard held + options.idle < .now else { return false }
    waiting = WaitingEntries()
    held = .now
    return true
  }
}
