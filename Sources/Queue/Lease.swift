import Redis

/// A worker's claim on the entries that wait for a retry.
///
/// Redis hands an entry to another worker once this one has not renewed its claim for
/// ``QueueWorker/Options/idle``. In the same way the lease finds entries whose worker has died.
struct Lease {
  private let queue: DeliveryQueue
  private let options: QueueWorker.Options
  /// The time up to which the waiting entries are known to have been this worker's alone.
  private var renewed = ContinuousClock.now
  /// The time of the next renewal.
  private(set) var nextRenewal = ContinuousClock.now
  /// The position at which the search for abandoned entries continues; nil between two searches.
  private var cursor: String?
  private var nextSearch = ContinuousClock.now

  init(_ queue: DeliveryQueue, _ options: QueueWorker.Options) {
    self.queue = queue
    self.options = options
  }

  /// Renews the claim on the waiting entries when a renewal is due, so that no other worker takes them as
  /// abandoned.
  mutating func renew(_ waiting: inout WaitingEntries) throws(RedisError) {
    if dropIfExpired(&waiting) || waiting.isEmpty || nextRenewal > .now { return }
    let start = ContinuousClock.now
    let ids = waiting.ids
    for first in stride(from: 0, to: ids.count, by: 1000) {
      let some = ids[first..<min(first + 1000, ids.count)]
      let kept = try queue.renew(Array(some), as: options.name)
      waiting.remove(Set(some).subtracting(kept))
    }
    if dropIfExpired(&waiting) { return }
    renewed = start
    nextRenewal = start + options.idle / 4
  }

  /// Claims the waiting entries that are ready for a retry.
  mutating func takeReady(_ waiting: inout WaitingEntries) throws(RedisError) -> [QueueEntry] {
    _ = dropIfExpired(&waiting)
    let ready = waiting.ready(options.batch)
    if ready.isEmpty { return [] }
    let entries = try queue.take(ready, as: options.name)
    // The lease may have expired before Redis answered.
    if dropIfExpired(&waiting) { return [] }
    // Another worker has finished the rest.
    waiting.remove(Set(ready).subtracting(entries.map(\.id)))
    return entries
  }

  /// Claims the next entries that another worker has abandoned. Returns none when no search is due.
  mutating func abandoned() throws(RedisError) -> [QueueEntry] {
    guard cursor != nil || nextSearch <= .now else { return [] }
    nextSearch = .now + options.idle / 4
    let found = try queue.abandoned(
      from: cursor ?? "0-0", for: options.idle, count: options.batch, as: options.name)
    cursor = found.cursor
    return found.entries
  }

  /// Drops the waiting entries if the lease has expired, because another worker may have claimed them.
  /// Returns whether it did. The entries are found again as abandoned, by this worker or another one.
  private mutating func dropIfExpired(_ waiting: inout WaitingEntries) -> Bool {
    if waiting.isEmpty { renewed = .now }
    guard renewed + options.idle < .now else { return false }
    waiting = WaitingEntries()
    renewed = .now
    return true
  }
}
