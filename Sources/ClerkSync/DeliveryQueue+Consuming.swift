import Redis

/// The worker's side of the queue; `consumer` is what Redis knows the worker by.
extension DeliveryQueue {
  /// Makes the consumer group, and the stream, where they are missing; what needs them is refused with `NOGROUP` before.
  /// Redis needs memory to answer even that the group is there.
  func prepare() throws(RedisError) {
    do {
      _ = try redis.send(RedisCommand("XGROUP", "CREATE", Self.stream, Self.group, "0", "MKSTREAM"))
    } catch {
      guard case .refused(_, code: "BUSYGROUP") = error else { throw error }
    }
  }

  /// Up to `count` entries that no worker has been given yet; waits up to `wait` for the first.
  func next(_ count: Int, as consumer: String, wait: Duration) throws(RedisError) -> [QueueEntry] {
    // Zero would be for ever.
    let milliseconds = max(1, Int(wait / .milliseconds(1)))
    let command = RedisCommand(
      "XREADGROUP", "GROUP", Self.group, consumer, "COUNT", "\(count)", "BLOCK", "\(milliseconds)", "STREAMS",
      Self.stream, ">")
    let streams = try redis.send(command, wait: .milliseconds(milliseconds))
    return streams.elements.first?.elements.last?.elements.compactMap(QueueEntry.init) ?? []
  }

  /// Up to `count` entries that a worker was given and has done nothing about for `idle`, and where to look for more;
  /// nil for nowhere (redis.io/docs/latest/commands/xautoclaim).
  func abandoned(
    from cursor: String, for idle: Duration, count: Int, as consumer: String
  ) throws(RedisError) -> (entries: [QueueEntry], cursor: String?) {
    let command = RedisCommand(
      "XAUTOCLAIM", Self.stream, Self.group, consumer, "\(Int(idle / .milliseconds(1)))", cursor,
      "COUNT", "\(count)")
    let reply = try redis.send(command).elements
    guard reply.count >= 2, let next = reply[0].text else { throw .unexpectedReply(command: command.name) }
    return (reply[1].elements.compactMap(QueueEntry.init), next == "0-0" ? nil : next)
  }

  /// Those of these entries that are not done, for this worker.
  func take(_ ids: [String], as consumer: String) throws(RedisError) -> [QueueEntry] {
    let command = RedisCommand("XCLAIM", [Self.stream, Self.group, consumer, "0"] + ids)
    return try redis.send(command).elements.compactMap(QueueEntry.init)
  }

  /// Says that this worker is alive and keeps the entries; returns the ids of those that are not done.
  func hold(_ ids: [String], as consumer: String) throws(RedisError) -> [String] {
    let command = RedisCommand("XCLAIM", [Self.stream, Self.group, consumer, "0"] + ids + ["JUSTID"])
    return try redis.send(command).elements.compactMap(\.text)
  }

  /// Takes what is done out of the queue; returns how many entries that leaves.
  ///
  /// Out of the stream too, and not only off the list of what is pending: nobody else reads it, and so its length says
  /// what is left. An entry is off that list last, so that one of which only a part was done is found again. Redis does
  /// all this with no memory left, too, but for a transaction.
  func finish(_ ids: [String]) throws(RedisError) -> Int {
    let removal = [
      RedisCommand("XDEL", [Self.stream] + ids), RedisCommand("HDEL", [Self.tries] + ids),
      RedisCommand("XACK", [Self.stream, Self.group] + ids),
    ]
    let replies = try redis.send((ids.isEmpty ? [] : removal) + [RedisCommand("XLEN", Self.stream)])
    return Int(replies.last?.integer ?? 0)
  }
}
