package import ClerkSync
public import Redis
package import Svix

/// The stream of a Redis server through which receivers hand verified deliveries to the worker beside the database
/// (redis.io/docs/latest/develop/data-types/streams).
///
/// An entry stays in the stream until it is done, so that the length of the stream is what is left to do. Whoever has
/// several queues on one server gives each a database number of its own.
///
/// The braces in the names keep all of it on one node of a cluster, where the scripts need it
/// (redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec, hash tags).
public final class DeliveryQueue: Sendable {
  static let stream = "clerk-sync:deliveries"
  /// The stream of those that were given up.
  static let dead = "{clerk-sync:deliveries}:dead"
  /// How often each entry has failed by its own fault, a hash by its id.
  static let tries = "{clerk-sync:deliveries}:tries"
  /// The one consumer group, so that each entry goes to one of the workers.
  static let group = "clerk-sync"

  let redis: RedisClient

  /// Connects when it is first used.
  public init(_ address: RedisAddress) {
    redis = RedisClient(address)
  }

  /// Throws unless Redis would take a delivery: a replica answers too, and so does one whose memory is full.
  public func check() throws(RedisError) {
    guard try redis.send(RedisCommand("PING")).text == "PONG" else {
      throw .unexpectedReply(command: "PING")
    }
    // Writes nothing, because there never is such a stream, and is refused wherever a delivery would be.
    _ = try redis.send(RedisCommand("XADD", "{\(Self.stream)}:none", "NOMKSTREAM", "*", "", ""))
  }

  /// Returns once Redis has taken the delivery.
  ///
  /// Its signature goes along, so that the worker need not trust whoever can write to Redis.
  package func add(_ message: VerifiedMessage, _ event: Event) throws(RedisError) {
    var command = RedisCommand("XADD", Self.stream, "*")
    command.append(
      "id", message.id, "timestamp", "\(message.timestamp)", "signature", "\(message.signature)",
      "type", event.type, "user", event.userID ?? "", "body")
    command.append([message.body])
    // Only the id of an entry says that there is one.
    guard let id = try redis.send(command).text, QueueEntry.numbers(of: id) != nil else {
      throw .unexpectedReply(command: command.name)
    }
  }
}

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
