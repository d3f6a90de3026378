public import Redis

/// Operations that must check before they write. Each is one script, which Redis runs atomically
/// (redis.io/docs/latest/commands/eval).
///
/// Redis does not roll back a script that fails, so each script first runs the command that can fail. Its
/// error is returned rather than raised, because Redis 6.2 drops the code of an error that aborts a script.
extension DeliveryQueue {
  /// Counts a failed try of an entry that is still pending. The arguments are the group and the id. The count
  /// of any other entry would never be deleted.
  private static let countScript = """
    if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1) == 0 then return 0 end
    return redis.pcall('HINCRBY', KEYS[3], ARGV[2], 1)
    """

  /// Moves a pending entry to the dead letters. The arguments are the group, the id and the fields of the
  /// dead letter.
  private static let moveScript = """
    if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1) == 0 then return 0 end
    local added = redis.pcall('XADD', KEYS[2], '*', unpack(ARGV, 3))
    if type(added) == 'table' then return added end
    redis.call('XDEL', KEYS[1], ARGV[2])
    redis.call('HDEL', KEYS[3], ARGV[2])
    redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
    return 1
    """

  /// Moves an existing dead letter to the end of the queue. The arguments are its id and the fields of the
  /// entry.
  private static let restoreScript = """
    if #redis.call('XRANGE', KEYS[2], ARGV[1], ARGV[1]) == 0 then return 0 end
    local added = redis.pcall('XADD', KEYS[1], '*', unpack(ARGV, 2))
    if type(added) == 'table' then return added end
    redis.call('XDEL', KEYS[2], ARGV[1])
    return 1
    """

  /// Counts a failed try of the entry. Returns the number of tries, or nil when the entry is already
  /// finished.
  func countTry(of id: String) throws(RedisError) -> Int? {
    let tries = try run(Self.countScript, [Self.group, id]) ?? 0
    return tries == 0 ? nil : Int(tries)
  }

  /// Moves the entry to the dead letters. Returns false when it was no longer pending.
  func moveToDeadLetters(_ entry: QueueEntry, tries: Int, reason: String) throws(RedisError) -> Bool {
    let letter = entry.fields + DeadLetter.fields(entry: entry.id, tries: tries, reason: reason)
    return try run(Self.moveScript, [Self.group, entry.id], letter) == 1
  }

  /// Returns the dead letter to the end of the queue with its count of tries reset. Returns false when it no
  /// longer existed.
  public func retry(_ letter: DeadLetter) throws(RedisError) -> Bool {
    try run(Self.restoreScript, [letter.id], letter.original) == 1
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
