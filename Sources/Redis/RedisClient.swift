import Synchronization

/// A client of one Redis server, or of the current master that sentinels name, for any number of threads. Each call
/// uses a pooled connection or opens a new one.
public final class RedisClient: Sendable {
  /// Time limit for one exchange, from connecting to the last reply.
  public static let timeLimit = Duration.seconds(5)

  private enum Server {
    case fixed(RedisAddress.Endpoint)
    /// The current master.
    case replaceable(Sentinels)
  }

  private let address: RedisAddress
  private let server: Server
  private let idle = Mutex<[RedisConnection]>([])

  /// Creates a client that connects on first use.
  public init(_ address: RedisAddress) {
    self.address = address
    server =
      switch address.server {
      case .fixed(let endpoint): .fixed(endpoint)
      case .master(let name, let sentinels): .replaceable(Sentinels(sentinels, of: name))
      }
  }

  /// Whether sentinels can replace the server.
  public var hasSentinels: Bool { if case .replaceable = server { true } else { false } }

  /// Returns the reply to the command. `wait` is the time that a blocking command may block; it extends the
  /// time limit.
  public func send(_ command: RedisCommand, wait: Duration = .zero) throws(RedisError) -> RedisReply {
    let replies = try exchange([command], until: .now + Self.timeLimit + wait)
    guard let reply = replies.first else { throw .unexpectedReply(command: command.name) }
    return reply
  }

  /// Sends the commands as one pipeline and returns their replies.
  ///
  /// Redis executes the remaining commands after one that it refuses. The first refusal is thrown
  /// (redis.io/docs/latest/develop/using-commands/pipelining).
  public func send(_ commands: [RedisCommand]) throws(RedisError) -> [RedisReply] {
    try exchange(commands, until: .now + Self.timeLimit)
  }

  func exchange(
    _ commands: [RedisCommand], until deadline: ContinuousClock.Instant
  ) throws(RedisError) -> [RedisReply] {
    if let kept = idle.withLock({ $0.popLast() }) {
      do throws(RedisError) {
        return try exchange(commands, over: kept, until: deadline)
      } catch .closed {
        // The pooled connection was stale: Redis restarted, or closed it as idle. Retry once on a new one.
      } catch .refused(_, code: "READONLY") where hasSentinels {
        // The server was the master when the connection was opened. Ask for the current one.
      } catch .timedOut where hasSentinels {
        // The others lead to the same server, which the sentinels will replace.
        idle.withLock { $0 = [] }
        throw .timedOut
      }
    }
    return try exchange(commands, over: connection(until: deadline), until: deadline)
  }

  private func connection(until deadline: ContinuousClock.Instant) throws(RedisError) -> RedisConnection {
    switch server {
    case .fixed(let endpoint): return try RedisConnection(address, at: endpoint, until: deadline)
    case .replaceable(let sentinels):
      let endpoint = try sentinels.master(until: deadline)
      let connection = try RedisConnection(address, at: endpoint, until: deadline)
      // A sentinel that was cut off from the others may name the former master.
      let role = try connection.send([RedisCommand("ROLE")], until: deadline).first?.elements.first?.text
      guard role == "master" else { throw .noMaster(reason: "\(endpoint), which they name, is a replica") }
      return connection
    }
  }

  /// Runs the exchange and returns the connection to the pool. A connection that failed is dropped.
  private func exchange(
    _ commands: [RedisCommand], over connection: RedisConnection, until deadline: ContinuousClock.Instant
  ) throws(RedisError) -> [RedisReply] {
    let replies = try connection.send(commands, until: deadline)
    idle.withLock { $0.append(connection) }
    return replies
  }
}

/// An authenticated connection to a Redis server, for one thread at a time.
final class RedisConnection: Sendable {
  private let context: Mutex<HiredisContext>

  init(
    _ address: RedisAddress, at endpoint: RedisAddress.Endpoint, until deadline: ContinuousClock.Instant
  ) throws(RedisError) {
    context = Mutex(try HiredisContext(endpoint, address.tls, until: deadline))
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
