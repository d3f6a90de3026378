public import Redis
package import Svix

/// A Redis stream through which receivers pass verified deliveries to the worker beside the database
/// (redis.io/docs/latest/develop/data-types/streams).
///
/// An entry stays in the stream until it is finished, so the length of the stream is the backlog. Several
/// queues on one server need separate database numbers.
///
/// The braces in the key names place all keys on one node of a cluster, which the scripts require
/// (redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec, hash tags).
public final class DeliveryQueue: Sendable {
  static let stream = "clerk-sync:deliveries"
  /// The stream of dead letters.
  static let dead = "{clerk-sync:deliveries}:dead"
  /// A hash of the number of failed tries by entry id.
  static let tries = "{clerk-sync:deliveries}:tries"
  /// The one consumer group, which gives each entry to exactly one worker.
  static let group = "clerk-sync"

  let redis: RedisClient

  /// Creates a queue that connects on first use.
  public init(_ address: RedisAddress) {
    redis = RedisClient(address)
  }

  /// Throws unless Redis accepts writes. A PING alone also succeeds on a replica and when memory is full.
  public func check() throws(RedisError) {
    guard try redis.send(RedisCommand("PING")).text == "PONG" else {
      throw .unexpectedReply(command: "PING")
    }
    // Writes nothing, because this stream never exists, but is refused whenever a delivery would be.
    _ = try redis.send(RedisCommand("XADD", "{\(Self.stream)}:none", "NOMKSTREAM", "*", "", ""))
  }

  /// Time for a replica to confirm a delivery, in milliseconds.
  private static let replicationLimit = 1000

  /// Adds the delivery and returns once Redis has accepted it. The type and the user are for the lists of dead letters.
  ///
  /// Where sentinels can replace the master, one of its replicas has the delivery too, unless none is connected. Throws
  /// ``RedisError/notReplicated`` if none confirms it. The delivery can then be in the queue, and again when it is retried.
  ///
  /// The signature is stored too, so that the worker need not trust every client that can write to Redis.
  package func add(_ message: VerifiedMessage, type: String, objectID: String?) throws(RedisError) {
    var command = RedisCommand("XADD", Self.stream, "*")
    command.append(
      "id", message.id, "timestamp", "\(message.timestamp)", "signature", "\(message.signature)",
      "type", type, "user", objectID ?? "", "body")
    command.append([message.body])
    var commands = [command]
    if redis.hasSentinels {
      commands += [RedisCommand("WAIT", "1", "\(Self.replicationLimit)"), RedisCommand("ROLE")]
    }
    let replies = try redis.send(commands)
    // Only a valid entry id proves that the entry was added.
    guard let id = replies.first?.text, QueueEntry.numbers(of: id) != nil else {
      throw .unexpectedReply(command: command.name)
    }
    guard replies.count == 1 || (replies[1].integer ?? 0) > 0 || Self.isMasterAlone(replies[2]) else {
      throw .notReplicated
    }
  }

  /// Whether the reply to ROLE is that of a master to which no replica is connected.
  private static func isMasterAlone(_ role: RedisReply) -> Bool {
    role.elements.count == 3 && role.elements[0].text == "master" && role.elements[2] == .array([])
  }
}

/// The worker's side of the queue. `consumer` is the name by which Redis knows the worker.
extension DeliveryQueue {
  /// Creates the consumer group and the stream where they are missing. Until then commands that need them
  /// fail with `NOGROUP`, and one that waits for entries with `UNBLOCKED`. When out of memory, Redis refuses this command
  /// even if the group exists. Returns false if it does.
  @discardableResult
  func prepare() throws(RedisError) -> Bool {
    do {
      _ = try redis.send(RedisCommand("XGROUP", "CREATE", Self.stream, Self.group, "0", "MKSTREAM"))
      return true
    } catch {
      guard case .refused(_, code: "BUSYGROUP") = error else { throw error }
      return false
    }
  }

  /// Claims up to `count` new entries. Waits up to `wait` for the first one.
  func next(_ count: Int, as consumer: String, wait: Duration) throws(RedisError) -> [QueueEntry] {
    // Zero would block forever.
    let milliseconds = max(1, Int(wait / .milliseconds(1)))
    let command = RedisCommand(
      "XREADGROUP", "GROUP", Self.group, consumer, "COUNT", "\(count)", "BLOCK", "\(milliseconds)", "STREAMS",
      Self.stream, ">")
    let streams = try redis.send(command, wait: .milliseconds(milliseconds))
    return streams.elements.first?.elements.last?.elements.compactMap(QueueEntry.init) ?? []
  }

  /// Claims up to `count` entries that another worker has held without activity for `idle`. Returns them and
  /// the cursor for the next call, or nil at the end (redis.io/docs/latest/commands/xautoclaim).
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

  /// Claims these entries for this worker. Returns those that are not finished.
  func take(_ ids: [String], as consumer: String) throws(RedisError) -> [QueueEntry] {
    let command = RedisCommand("XCLAIM", [Self.stream, Self.group, consumer, "0"] + ids)
    return try redis.send(command).elements.compactMap(QueueEntry.init)
  }

  /// Renews this worker's claim on the entries. Returns the ids of those that are not finished.
  func renew(_ ids: [String], as consumer: String) throws(RedisError) -> [String] {
    let command = RedisCommand("XCLAIM", [Self.stream, Self.group, consumer, "0"] + ids + ["JUSTID"])
    return try redis.send(command).elements.compactMap(\.text)
  }

  /// Removes finished entries from the queue. Returns the number of entries that remain.
  ///
  /// They are deleted from the stream, not only acknowledged: the stream has no other reader, so its length
  /// is the backlog. The acknowledgement is sent only after Redis has deleted them. In one pipeline, a Redis that is
  /// loading its data could refuse the deletion, finish loading, and accept the acknowledgement: the entries would then
  /// stay in the stream, pending nowhere. A transaction is no alternative, because Redis refuses it when out of memory.
  func finish(_ ids: [String]) throws(RedisError) -> Int {
    let length = RedisCommand("XLEN", Self.stream)
    guard !ids.isEmpty else { return Int(try redis.send(length).integer ?? 0) }
    _ = try redis.send([RedisCommand("XDEL", [Self.stream] + ids), RedisCommand("HDEL", [Self.tries] + ids)])
    let replies = try redis.send([RedisCommand("XACK", [Self.stream, Self.group] + ids), length])
    return Int(replies.last?.integer ?? 0)
  }
}
