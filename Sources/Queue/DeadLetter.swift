public import Redis

/// A delivery that the worker has given up. Its texts are what lies in Redis, which may be anything.
public struct DeadLetter: Encodable, Equatable, Sendable {
  /// Its place among the dead letters, `milliseconds-number`.
  public let id: String
  /// The svix id, the same on every attempt to deliver the message.
  public let messageID: String?
  /// The event's type.
  public let type: String?
  /// The id of the user concerned.
  public let userID: String?
  /// How often it has failed.
  public let tries: Int
  /// Why it failed the last time.
  public let reason: String?
  /// When it came into the queue, in milliseconds since 1970.
  public let queued: Int64
  /// When it was given up, in milliseconds since 1970.
  public let buried: Int64
  /// What Clerk sent, e-mail address included: not for a list.
  public let body: [UInt8]
  /// All that lies there, to put it back.
  let fields: [[UInt8]]

  private enum CodingKeys: String, CodingKey {
    case id
    case messageID = "messageId"
    case type
    case userID = "userId"
    case tries, reason, queued, buried
  }

  init(_ entry: QueueEntry) {
    id = entry.id
    messageID = entry.text("id")
    type = entry.text("type")
    userID = entry.text("user")
    tries = entry.text("tries").flatMap { Int($0) } ?? 0
    reason = entry.text("reason")
    queued = QueueEntry.time(of: entry.text("entry") ?? "")
    buried = entry.time
    body = entry.bytes("body") ?? []
    fields = entry.fields
  }

  /// What a dead letter has at its end beyond the entry that it was.
  static func fields(entry id: String, tries: Int, reason: String) -> [[UInt8]] {
    ["entry", id, "tries", "\(tries)", "reason", reason].map { Array($0.utf8) }
  }

  /// Whether there is an entry to put back; not in what somebody else has put among the dead letters.
  public var isWhole: Bool { !original.isEmpty }

  /// The entry that it was.
  var original: [[UInt8]] { Array(fields.dropLast(6)) }
}

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
