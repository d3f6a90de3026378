public import Redis

/// What has to look before it writes, and so is one script, between whose commands nobody else's come
/// (redis.io/docs/latest/commands/eval).
///
/// An error undoes nothing, so each script begins with what may fail. It is handed on as it is: an error that ends a
/// script loses its code in Redis 6.2.
extension DeliveryQueue {
  /// Counts a failure of an entry that a worker still has; takes the group and the id. For any other one the count would
  /// stay for ever.
  private static let counting = """
    if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1) == 0 then return 0 end
    return redis.pcall('HINCRBY', KEYS[3], ARGV[2], 1)
    """

  /// Moves an entry that a worker still has to the dead letters; takes the group, the id and the letter's fields.
  private static let burial = """
    if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1) == 0 then return 0 end
    local added = redis.pcall('XADD', KEYS[2], '*', unpack(ARGV, 3))
    if type(added) == 'table' then return added end
    redis.call('XDEL', KEYS[1], ARGV[2])
    redis.call('HDEL', KEYS[3], ARGV[2])
    redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
    return 1
    """

  /// Moves a dead letter that is still there to the end of the stream; takes its id and the entry's fields.
  private static let restoration = """
    if #redis.call('XRANGE', KEYS[2], ARGV[1], ARGV[1]) == 0 then return 0 end
    local added = redis.pcall('XADD', KEYS[1], '*', unpack(ARGV, 2))
    if type(added) == 'table' then return added end
    redis.call('XDEL', KEYS[2], ARGV[1])
    return 1
    """

  /// Counts that the entry has failed by its own fault; returns how often it has, and nil for one that is done.
  func countTry(of id: String) throws(RedisError) -> Int? {
    let tries = try run(Self.counting, [Self.group, id]) ?? 0
    return tries == 0 ? nil : Int(tries)
  }

  /// Moves the entry to the dead letters; returns whether it was still a worker's, and not done.
  func moveToDeadLetters(_ entry: QueueEntry, tries: Int, reason: String) throws(RedisError) -> Bool {
    let letter = entry.fields + DeadLetter.fields(entry: entry.id, tries: tries, reason: reason)
    return try run(Self.burial, [Self.group, entry.id], letter) == 1
  }

  /// Puts the dead letter back into the queue, behind what is there, with all its tries before it; returns whether it was
  /// still there.
  public func retry(_ letter: DeadLetter) throws(RedisError) -> Bool {
    try run(Self.restoration, [letter.id], letter.original) == 1
  }

  private func run(
    _ script: String, _ arguments: [String], _ fields: [[UInt8]] = []
  ) throws(RedisError) -> Int64? {
    let keys = [Self.stream, Self.dead, Self.tries]
    var command = RedisCommand("EVAL", [script, "\(keys.count)"] + keys + arguments)
    command.append(fields)
    return try redis.send(command).integer
  }
}
