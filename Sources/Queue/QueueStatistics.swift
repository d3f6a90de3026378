public import Redis

/// How a queue stands, in numbers.
public struct QueueStatistics: Encodable, Equatable, Sendable {
  /// The deliveries that are not done.
  public let entries: Int64
  /// Of these the ones that no worker has been given yet.
  public let lag: Int64
  /// Of these the ones that a worker has been given: it is at them, they wait for their next try, or it has died.
  public let pending: Int64
  /// When the oldest that is not done was queued, in milliseconds since 1970.
  public let oldest: Int64?
  /// When the oldest that no worker has been given yet was queued, in milliseconds since 1970.
  public let oldestWaiting: Int64?
  /// When the oldest that a worker has been given was queued, in milliseconds since 1970.
  public let oldestPending: Int64?
  /// The deliveries that were given up.
  public let deadLetters: Int64
}

extension DeliveryQueue {
  /// Counts what is in the queue now.
  public func statistics() throws(RedisError) -> QueueStatistics {
    let entries = try redis.send(RedisCommand("XLEN", Self.stream)).integer ?? 0
    let oldest = try redis.send(RedisCommand("XRANGE", Self.stream, "-", "+", "COUNT", "1"))
    let (pending, oldestPending) = try pending()
    let dead = try redis.send(RedisCommand("XLEN", Self.dead)).integer ?? 0
    return QueueStatistics(
      entries: entries,
      // What is done has left the stream. The lag of XINFO GROUPS is there from Redis 7 on, and not always.
      lag: max(0, entries - pending), pending: pending,
      oldest: oldest.elements.first.flatMap(QueueEntry.init)?.time, oldestWaiting: try oldestWaiting(),
      oldestPending: oldestPending, deadLetters: dead)
  }

  /// The time of the first entry behind the last one that a worker was given.
  private func oldestWaiting() throws(RedisError) -> Int64? {
    let groups: [RedisReply]
    do {
      groups = try redis.send(RedisCommand("XINFO", "GROUPS", Self.stream)).elements
    } catch .refused(_, code: "ERR") {
      // There is no stream.
      return nil
    }
    // Each group is a list of names and values by turns.
    let group = groups.first { $0.elements.contains { $0.text == Self.group } }
    let names = group?.elements.map(\.text) ?? []
    let last = names.firstIndex(of: "last-delivered-id").flatMap { names[$0 + 1] }
    let next = try redis.send(
      RedisCommand("XRANGE", Self.stream, last.map { "(\($0)" } ?? "-", "+", "COUNT", "1"))
    return next.elements.first.flatMap(QueueEntry.init)?.time
  }

  /// How many entries the workers hold, and the time of the oldest.
  private func pending() throws(RedisError) -> (count: Int64, oldest: Int64?) {
    let reply: [RedisReply]
    do {
      reply = try redis.send(RedisCommand("XPENDING", Self.stream, Self.group)).elements
    } catch .refused(_, code: "NOGROUP") {
      // No worker has been here yet.
      return (0, nil)
    }
    return (reply.first?.integer ?? 0, reply.dropFirst().first?.text.map(QueueEntry.time))
  }
}
