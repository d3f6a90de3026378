import CHiredis
import Glibc

/// The only owner of a hiredis context, which is one connection. It closes when it goes out of scope.
@safe struct HiredisContext: ~Copyable {
  private let handle: UnsafeMutablePointer<redisContext>

  /// Connects, up to the deadline; the resolver's own time for a host's name comes on top.
  init(_ endpoint: RedisAddress.Endpoint, until deadline: ContinuousClock.Instant) throws(RedisError) {
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
    unsafe handle = connected
    // A peer that is gone without a word is found out while the connection lies idle.
    if case .tcp = endpoint { unsafe redisEnableKeepAlive(handle) }
  }

  deinit {
    unsafe redisFree(handle)
  }

  /// Sends the commands in one go and returns their replies in order; the first error in one of them is thrown once
  /// all have been read. After a throw the connection cannot be used again.
  mutating func send(
    _ commands: [RedisCommand], until deadline: ContinuousClock.Instant
  ) throws(RedisError) -> [RedisReply] {
    for command in commands { try append(command) }
    let replies = try BrokenPipe.held { Result { () throws(RedisError) in try read(commands, deadline) } }
      .get()
    return try replies.map { (reply) throws(RedisError) in try reply.get() }
  }

  private func append(_ command: RedisCommand) throws(RedisError) {
    let lengths = command.words.map(\.count)
    // One block for all the words: their addresses are then known without a closure for each.
    let bytes = command.words.flatMap(\.self)
    let result = unsafe bytes.withUnsafeBytes { bytes in
      var start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      var words: [UnsafePointer<CChar>?] = unsafe []
      for length in lengths {
        unsafe words.append(start)
        unsafe start = start.map { unsafe $0 + length }
      }
      return unsafe redisAppendCommandArgv(handle, Int32(words.count), &words, lengths)
    }
    guard result == REDIS_OK else { throw .closed }
  }

  private func read(
    _ commands: [RedisCommand], _ deadline: ContinuousClock.Instant
  ) throws(RedisError) -> [Result<RedisReply, RedisError>] {
    var replies: [Result<RedisReply, RedisError>] = []
    for command in commands {
      unsafe redisSetTimeout(handle, try Self.remaining(until: deadline))
      var reply: UnsafeMutableRawPointer?
      var number: Int32 = 0
      guard unsafe chiredis_get_reply(handle, &reply, &number) == REDIS_OK, let reply = unsafe reply else {
        throw unsafe Self.failure(handle.pointee.err, errno: number, of: command)
      }
      defer { unsafe freeReplyObject(reply) }
      let typed = unsafe reply.assumingMemoryBound(to: redisReply.self)
      replies.append(Result { () throws(RedisError) in try unsafe RedisReply(typed, to: command.name) })
    }
    return replies
  }

  private static func failure(_ code: Int32, errno number: Int32, of command: RedisCommand) -> RedisError {
    switch code {
    case REDIS_ERR_PROTOCOL, REDIS_ERR_OTHER: .unexpectedReply(command: command.name)
    // ETIMEDOUT is what keepalive finds, on a connection that nothing could be sent over.
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

/// SIGPIPE, which hiredis lets come when it writes to a connection that is gone, and which would end the process.
enum BrokenPipe {
  /// Runs `body` with the signal held back from this thread, and takes one that has come of it.
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
