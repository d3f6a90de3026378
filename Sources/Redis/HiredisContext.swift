import CHiredis
import Glibc

/// Owns a hiredis context, which is one connection, and closes it when it goes out of scope.
@safe struct HiredisContext: ~Copyable {
  private let handle: UnsafeMutablePointer<redisContext>
  private let session: TLSSession?

  /// Connects before the deadline. Resolving a host name can exceed it, because hiredis does not limit the
  /// resolver. TLS is for a server with a host.
  init(
    _ endpoint: RedisAddress.Endpoint, _ tls: RedisAddress.TLS?, until deadline: ContinuousClock.Instant
  ) throws(RedisError) {
    let limit = try Self.remaining(until: deadline)
    let connected =
      switch endpoint {
      case .tcp(let host, let port): unsafe redisConnectWithTimeout(host, Int32(port), limit)
      case .unix(let path): unsafe redisConnectUnixWithTimeout(path, limit)
      }
    guard let connected = unsafe connected else { throw .unreachable(reason: "out of memory") }
    guard unsafe connected.pointee.err == 0 else {
      let reason = unsafe withUnsafeBytes(of: connected.pointee.errstr) {
        unsafe Array($0.prefix { $0 != 0 })
      }
      unsafe redisFree(connected)
      throw .unreachable(reason: String(decoding: reason, as: UTF8.self))
    }
    do throws(RedisError) {
      unsafe session = try Self.session(over: connected, endpoint, tls, until: deadline)
    } catch {
      unsafe redisFree(connected)
      throw error
    }
    unsafe handle = connected
    // Keepalive detects a peer that disappeared silently while the connection was idle.
    if case .tcp = endpoint { unsafe redisEnableKeepAlive(handle) }
  }

  @unsafe private static func session(
    over connected: UnsafeMutablePointer<redisContext>, _ endpoint: RedisAddress.Endpoint,
    _ tls: RedisAddress.TLS?, until deadline: ContinuousClock.Instant
  ) throws(RedisError) -> TLSSession? {
    guard let tls, case .tcp(let host, _) = endpoint else { return nil }
    unsafe redisSetTimeout(connected, try remaining(until: deadline))
    let socket = unsafe connected.pointee.fd
    return try BrokenPipe.held {
      Result { () throws(RedisError) in try TLSSession(over: socket, host: host, trust: tls) }
    }.get()
  }

  deinit {
    unsafe redisFree(handle)
  }

  /// Sends the commands as one pipeline and returns their replies in order.
  ///
  /// All replies are read before the first error among them is thrown. After any throw the connection must
  /// not be used again.
  mutating func send(
    _ commands: [RedisCommand], until deadline: ContinuousClock.Instant
  ) throws(RedisError) -> [RedisReply] {
    // OpenSSL reports an error when it has nothing to write.
    if commands.isEmpty { return [] }
    let replies = try BrokenPipe.held {
      Result { () throws(RedisError) in try exchange(commands, deadline) }
    }
    .get()
    return try replies.map { (reply) throws(RedisError) in try reply.get() }
  }

  private func exchange(
    _ commands: [RedisCommand], _ deadline: ContinuousClock.Instant
  ) throws(RedisError) -> [Result<RedisReply, RedisError>] {
    try write(commands.flatMap(\.encoded), until: deadline)
    var replies: [Result<RedisReply, RedisError>] = []
    for command in commands {
      let reply = try unsafe reply(to: command, until: deadline)
      defer { unsafe freeReplyObject(reply) }
      let typed = unsafe reply.assumingMemoryBound(to: redisReply.self)
      replies.append(Result { () throws(RedisError) in try unsafe RedisReply(typed, to: command.name) })
    }
    return replies
  }

  private func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(RedisError) {
    guard let session else {
      // Sent before the first reply is read.
      let result = unsafe bytes.withUnsafeBytes {
        unsafe redisAppendFormattedCommand(
          handle, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
      }
      guard result == REDIS_OK else { throw .closed }
      return
    }
    unsafe redisSetTimeout(handle, try Self.remaining(until: deadline))
    try session.write(bytes)
  }

  /// Returns hiredis's reply, which the caller has to free.
  @unsafe private func reply(
    to command: RedisCommand, until deadline: ContinuousClock.Instant
  ) throws(RedisError) -> UnsafeMutableRawPointer {
    var reply: UnsafeMutableRawPointer?
    while true {
      unsafe redisSetTimeout(handle, try Self.remaining(until: deadline))
      var number: Int32 = 0
      let result =
        session == nil
        ? unsafe chiredis_get_reply(handle, &reply, &number) : unsafe redisGetReplyFromReader(handle, &reply)
      guard result == REDIS_OK else {
        throw unsafe Self.failure(handle.pointee.err, errno: number, of: command)
      }
      if let reply = unsafe reply { return unsafe reply }
      guard let session else { throw .closed }
      let bytes = try session.read()
      let isFed = unsafe bytes.withUnsafeBytes {
        unsafe redisReaderFeed(
          handle.pointee.reader, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
      }
      guard isFed == REDIS_OK else { throw .unexpectedReply(command: command.name) }
    }
  }

  private static func failure(_ code: Int32, errno number: Int32, of command: RedisCommand) -> RedisError {
    switch code {
    case REDIS_ERR_PROTOCOL, REDIS_ERR_OTHER: .unexpectedReply(command: command.name)
    // ETIMEDOUT is not among them: keepalive reports it for a dead connection, over which nothing was sent.
    case REDIS_ERR_IO where [EAGAIN, EINPROGRESS].contains(number): .timedOut
    default: .closed
    }
  }

  private static func remaining(until deadline: ContinuousClock.Instant) throws(RedisError) -> timeval {
    let rest = deadline - .now
    guard rest > .milliseconds(1) else { throw .timedOut }
    let microseconds = Int(rest / .microseconds(1))
    return timeval(tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
  }
}

/// Suppresses SIGPIPE, which hiredis raises when it writes to a closed connection and which would end the
/// process.
enum BrokenPipe {
  /// Runs `body` with SIGPIPE blocked in this thread, then discards a SIGPIPE that `body` raised.
  static func held<Result>(_ body: () -> Result) -> Result {
    var set = sigset_t()
    var before = sigset_t()
    var pending = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGPIPE)
    unsafe sigpending(&pending)
    let wasPending = unsafe sigismember(&pending, SIGPIPE) == 1
    unsafe pthread_sigmask(SIG_BLOCK, &set, &before)
    let result = body()
    var none = timespec()
    if !wasPending { _ = unsafe sigtimedwait(&set, nil, &none) }
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    return result
  }
}
