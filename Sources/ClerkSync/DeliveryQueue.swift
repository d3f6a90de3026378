public import Redis
import Svix

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
  func add(_ message: VerifiedMessage, _ event: Event) throws(RedisError) {
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
