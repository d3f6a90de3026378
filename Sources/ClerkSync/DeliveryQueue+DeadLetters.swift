public import Redis

extension DeliveryQueue {
  /// Up to `limit` dead letters in the order in which they were given up, from the one after `id` on.
  public func deadLetters(after id: String? = nil, limit: Int) throws(RedisError) -> [DeadLetter] {
    try deadLetters(from: id.map { "(\($0)" } ?? "-", to: "+", limit: limit)
  }

  /// The dead letter with this id; nil when there is none.
  public func deadLetter(_ id: String) throws(RedisError) -> DeadLetter? {
    try deadLetters(from: id, to: id, limit: 1).first
  }

  /// Puts the dead letter back into the queue, behind what is there, with all its tries before it.
  public func retry(_ letter: DeadLetter) throws(RedisError) {
    var addition = RedisCommand("XADD", Self.stream, "*")
    addition.append(letter.original)
    _ = try redis.transact([addition, RedisCommand("XDEL", Self.dead, letter.id)])
  }

  /// Does away with the dead letter.
  public func drop(_ letter: DeadLetter) throws(RedisError) {
    _ = try redis.send(RedisCommand("XDEL", Self.dead, letter.id))
  }

  private func deadLetters(from: String, to: String, limit: Int) throws(RedisError) -> [DeadLetter] {
    let command = RedisCommand("XRANGE", Self.dead, from, to, "COUNT", "\(limit)")
    return try redis.send(command).elements.compactMap(QueueEntry.init).map(DeadLetter.init)
  }
}
