public import Redis

/// The state of a queue in numbers.
public struct QueueStatistics: Encodable, Equatable, Sendable {
  /// The number of unfinished deliveries.
  public let entries: Int64
  /// The number of unfinished deliveries that no worker has claimed.
  public let lag: Int64
  /// The number of unfinished deliveries that a worker has claimed. The worker is processing them, they wait
  /// for a retry, or the worker has died.
  public let pending: Int64
  /// The time at which the oldest unfinished delivery was queued, in milliseconds since 1970.
  public let oldest: Int64?
  /// The time at which the oldest unclaimed delivery was queued, in milliseconds since 1970.
  public let oldestWaiting: Int64?
  /// The time at which the oldest claimed delivery was queued, in milliseconds since 1970.
  public let oldestPending: Int64?
  /// The number of deliveries that were given up.
  public let deadLetters: Int64
}

extension DeliveryQueue {
  /// Reads the current state of the queue.
  public func statistics() throws(RedisError) -> QueueStatistics {
    let entries = try redis.send(RedisCommand("XLEN", Self.stream)).integer ?? 0
    let oldest = try redis.send(RedisCommand("XRANGE", Self.stream, "-", "+", "COUNT", "1"))
    let (pending, oldestPending) = try pending()
    let dead = try redis.send(RedisCommand("XLEN", Self.dead)).integer ?? 0
    return QueueStatistics(
      entries: entries,
      // Finished entries are no longer in the stream, so the lag is the difference. XINFO GROUPS reports a
      // lag only since Redis 7, and not always.
      lag: max(0, entries - pending), pending: pending,
      oldest: oldest.elements.first.flatMap(QueueEntry.init)?.time, oldestWaiting: try oldestWaiting(),
      oldestPending: oldestPending, deadLetters: dead)
  }

  /// Returns the time of the first entry after the last one claimed.
  private func oldestWaiting() throws(RedisError) -> Int64? {
    let groups: [RedisReply]
    do {
      groups = try redis.send(RedisCommand("XINFO", "GROUPS", Self.stream)).elements
    } catch .refused(_, code: "ERR") {
      // The stream does not exist.
      return nil
    }
    // Each group is a list of alternating names and values.
    let group = groups.first { $0.elements.contains { $0.text == Self.group } }
    let names = group?.elements.map(\.text) ?? []
    let last = names.firstIndex(of: "last-delivered-id").flatMap { names[$0 + 1] }
    let next = try redis.send(
      RedisCommand("XRANGE", Self.stream, last.map { "(\($0)" } ?? "-", "+", "COUNT", "1"))
    return next.elements.first.flatMap(QueueEntry.init)?.time
  }

  /// Returns the number of claimed entries and the time of the oldest.
  private func pending() throws(RedisError) -> (count: Int64, oldest: Int64?) {
    let reply: [RedisReply]
    do {
      reply = try redis.send(RedisCommand("XPENDING", Self.stream, Self.group)).elements
    } catch .refused(_, code: "NOGROUP") {
      // No worker has created the group yet.
      return (0, nil)
    }
    return (reply.first?.integer ?? 0, reply.dropFirst().first?.text.map(QueueEntry.time))
  }
}
