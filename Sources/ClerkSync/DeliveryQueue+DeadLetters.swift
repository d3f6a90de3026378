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

  /// Does away with the dead letter; returns whether it was still there.
  public func drop(_ letter: DeadLetter) throws(RedisError) -> Bool {
    try redis.send(RedisCommand("XDEL", Self.dead, letter.id)).integer == 1
  }

  private func deadLetters(from: String, to: String, limit: Int) throws(RedisError) -> [DeadLetter] {
    let command = RedisCommand("XRANGE", Self.dead, from, to, "COUNT", "\(limit)")
    return try redis.send(command).elements.compactMap(QueueEntry.init).map(DeadLetter.init)
  }
}
