import Redis

/// What a worker does with the entries that wait for their next try. It has them on a lease: once it has not held them
/// for ``QueueWorker/Options/idle``, Redis gives them to whoever asks.
extension QueueWorker {
  /// Between two looks for addresses that have become free.
  private static let lookingPause = Duration.milliseconds(200)

  /// The entries that are to be tried now.
  mutating func dueEntries() throws(RedisError) -> [QueueEntry] {
    look()
    _ = forgetLost()
    let ready = waiting.ready(options.batch)
    if ready.isEmpty { return [] }
    let entries = try queue.take(ready, as: options.name)
    // Redis may have been asked too late.
    if forgetLost() { return [] }
    // Another worker has dealt with the others.
    waiting.remove(Set(ready).subtracting(entries.map(\.id)))
    return entries
  }

  /// Keeps other workers from taking what waits here for an abandoned entry.
  mutating func hold() throws(RedisError) {
    if forgetLost() || waiting.isEmpty || nextHold > .now { return }
    let start = ContinuousClock.now
    let ids = waiting.ids
    for first in stride(from: 0, to: ids.count, by: 1000) {
      let some = ids[first..<min(first + 1000, ids.count)]
      let kept = try queue.hold(Array(some), as: options.name)
      waiting.remove(Set(some).subtracting(kept))
    }
    if forgetLost() { return }
    held = start
    nextHold = start + options.idle / 4
  }

  /// Forgets what waits where another worker may have been given it meanwhile, and tells whether that is so. It is
  /// found again as abandoned, by this worker or another one.
  private mutating func forgetLost() -> Bool {
    if waiting.isEmpty { held = .now }
    guard held + options.idle < .now else { return false }
    waiting = WaitingEntries()
    held = .now
    return true
  }

  /// Has those be tried now whose address has become free, by this worker or by another one.
  private mutating func look() {
    guard nextLook <= .now else { return }
    let addresses = waiting.addresses
    nextLook = addresses.isEmpty ? .now + .seconds(1) : .now + Self.lookingPause
    if addresses.isEmpty { return }
    // What is wrong with the database the next batch tells.
    waiting.free((try? store.free(addresses)) ?? [])
  }
}
