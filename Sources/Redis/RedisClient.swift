import Synchronization

/// One Redis server, for any number of threads: each takes a kept connection, or makes one.
public final class RedisClient: Sendable {
  /// How long anything may take, from the connection to the answer.
  public static let timeLimit = Duration.seconds(5)

  private let address: RedisAddress
  private let idle = Mutex<[RedisConnection]>([])

  /// Connects when it is first asked for something.
  public init(_ address: RedisAddress) {
    self.address = address
  }

  /// The answer to the command; `wait` is how long a command that blocks is to do so.
  public func send(_ command: RedisCommand, wait: Duration = .zero) throws(RedisError) -> RedisReply {
    let replies = try exchange([command], until: .now + Self.timeLimit + wait)
    guard let reply = replies.first else { throw .unexpectedReply(command: command.name) }
    return reply
  }

  /// The answers to the commands, sent in one go; after one that Redis refuses it does the others all the same, and the
  /// first refusal is thrown (redis.io/docs/latest/develop/using-commands/pipelining).
  public func send(_ commands: [RedisCommand]) throws(RedisError) -> [RedisReply] {
    try exchange(commands, until: .now + Self.timeLimit)
  }

  private func exchange(
    _ commands: [RedisCommand], until deadline: ContinuousClock.Instant
  ) throws(RedisError) -> [RedisReply] {
    if let kept = idle.withLock({ $0.popLast() }) {
      do throws(RedisError) {
        return try exchange(commands, over: kept, until: deadline)
      } catch {
        // Redis was started anew, or tired of waiting: once more, over a connection of which that cannot be said.
        guard error == .closed else { throw error }
      }
    }
    return try exchange(commands, over: RedisConnection(address, until: deadline), until: deadline)
  }

  /// Keeps the connection unless something went wrong on it.
  private func exchange(
    _ commands: [RedisCommand], over connection: RedisConnection, until deadline: ContinuousClock.Instant
  ) throws(RedisError) -> [RedisReply] {
    let replies = try connection.send(commands, until: deadline)
    idle.withLock { $0.append(connection) }
    return replies
  }
}

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
