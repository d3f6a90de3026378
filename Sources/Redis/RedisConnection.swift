import Synchronization

/// One connection to a Redis server, signed in, for one thread at a time.
final class RedisConnection: Sendable {
  private let context: Mutex<HiredisContext>

  init(_ address: RedisAddress, until deadline: ContinuousClock.Instant) throws(RedisError) {
    context = Mutex(try HiredisContext(address.endpoint, until: deadline))
    var greeting: [RedisCommand] = []
    if let password = address.password {
      greeting.append(RedisCommand("AUTH", [address.user, password].compactMap(\.self)))
    }
    if address.database != 0 { greeting.append(RedisCommand("SELECT", "\(address.database)")) }
    _ = try send(greeting, until: deadline)
  }

  /// See ``HiredisContext/send(_:until:)``.
  func send(
    _ commands: [RedisCommand], until deadline: ContinuousClock.Instant
  ) throws(RedisError) -> [RedisReply] {
    try context.withLock { (context) throws(RedisError) in try context.send(commands, until: deadline) }
  }
}
