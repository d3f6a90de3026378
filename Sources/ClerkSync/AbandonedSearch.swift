import Redis

/// The search for entries that a worker was given and never dealt with, because it has died.
struct AbandonedSearch {
  /// Where it goes on; nil between two of them.
  private var cursor: String?
  private var nextStart = ContinuousClock.now

  /// The next entries that it finds, now this worker's; none when it is not time to look.
  mutating func next(in queue: DeliveryQueue, _ options: QueueWorker.Options) throws(RedisError)
    -> [QueueEntry]
  {
    guard cursor != nil || nextStart <= .now else { return [] }
    nextStart = .now + options.idle / 4
    let found = try queue.abandoned(
      from: cursor ?? "0-0", for: options.idle, count: options.batch, as: options.name)
    cursor = found.cursor
    return found.entries
  }
}
