public import Redis

/// A delivery that the worker has given up. Its texts come from Redis unchecked.
public struct DeadLetter: Encodable, Equatable, Sendable {
  /// The id in the stream of dead letters, `milliseconds-number`.
  public let id: String
  /// The svix id, the same on every attempt to deliver the message.
  public let messageID: String?
  /// The event's type.
  public let type: String?
  /// The id of the user concerned.
  public let userID: String?
  /// The number of failed tries.
  public let tries: Int
  /// The reason of the last failure.
  public let reason: String?
  /// The time at which it was queued, in milliseconds since 1970.
  public let queued: Int64
  /// The time at which it was given up, in milliseconds since 1970.
  public let buried: Int64
  /// The body sent by Clerk. It contains the e-mail address, so lists must not show it.
  public let body: [UInt8]
  /// All fields of the stream entry, from which ``DeliveryQueue/retry(_:)`` restores the delivery.
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

  /// The fields that a dead letter appends to those of the original entry.
  static func fields(entry id: String, tries: Int, reason: String) -> [[UInt8]] {
    ["entry", id, "tries", "\(tries)", "reason", reason].map { Array($0.utf8) }
  }

  /// Whether it contains an entry that can be restored. False for an entry that another program added to the
  /// stream.
  public var isWhole: Bool { !original.isEmpty }

  /// The fields of the original entry.
  var original: [[UInt8]] { Array(fields.dropLast(6)) }
}

extension DeliveryQueue {
  /// Returns up to `limit` dead letters in the order in which they were given up, starting after `id`.
  public func deadLetters(after id: String? = nil, limit: Int) throws(RedisError) -> [DeadLetter] {
    try deadLetters(from: id.map { "(\($0)" } ?? "-", to: "+", limit: limit)
  }

  /// Returns the dead letter with this id, or nil when there is none.
  public func deadLetter(_ id: String) throws(RedisError) -> DeadLetter? {
    try deadLetters(from: id, to: id, limit: 1).first
  }

  /// Deletes the dead letter. Returns whether it still existed.
  public func drop(_ letter: DeadLetter) throws(RedisError) -> Bool {
    try redis.send(RedisCommand("XDEL", Self.dead, letter.id)).integer == 1
  }

  private func deadLetters(from: String, to: String, limit: Int) throws(RedisError) -> [DeadLetter] {
    let command = RedisCommand("XRANGE", Self.dead, from, to, "COUNT", "\(limit)")
    return try redis.send(command).elements.compactMap(QueueEntry.init).map(DeadLetter.init)
  }
}
