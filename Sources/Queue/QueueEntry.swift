import ClerkSync
import Redis
import Svix

/// An entry of a stream. Its content is unchecked, since any client of Redis can write it.
struct QueueEntry: Equatable {
  /// Redis's own id, `milliseconds-number`.
  let id: String
  /// Alternating names and values.
  let fields: [[UInt8]]

  init(id: String, fields: [[UInt8]]) {
    (self.id, self.fields) = (id, fields)
  }

  /// Reads an element of a reply. Returns nil for an entry that was deleted meanwhile, which Redis 6.2
  /// reports as null.
  init?(_ reply: RedisReply) {
    guard reply.elements.count == 2, let id = reply.elements[0].text else { return nil }
    self.init(id: id, fields: reply.elements[1].elements.compactMap(\.bytes))
  }

  /// The time at which Redis accepted the entry, in milliseconds since 1970.
  var time: Int64 { Self.time(of: id) }

  /// The time at which the message was signed, in seconds since 1970. Trustworthy only after
  /// ``event(_:_:)`` has verified it.
  var signed: Int64? { text("timestamp").flatMap { Int64($0) } }

  /// Returns the last value with this name.
  func bytes(_ name: String) -> [UInt8]? {
    let names = stride(from: 0, to: fields.count - 1, by: 2).reversed()
    return names.first { fields[$0].elementsEqual(name.utf8) }.map { fields[$0 + 1] }
  }

  /// Returns the last value with this name as text, or nil when it is empty.
  func text(_ name: String) -> String? {
    bytes(name).flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
  }

  /// Verifies the signature again and decodes the event. Presence in Redis proves nothing about the sender.
  ///
  /// The time at which the message was signed is not compared with a clock: a receiver did that when it accepted the
  /// delivery, and the answer 200 is kept however long the entry waits.
  func event(
    _ verifier: Verifier, _ mapping: Mapping, instance: String?
  ) throws(DeliveryError) -> Event {
    let headers = MessageHeaders(
      id: text("id") ?? "", timestamp: text("timestamp") ?? "", signature: text("signature") ?? "")
    let message: VerifiedMessage
    do {
      message = try verifier.verify(kept: headers, body: bytes("body") ?? [])
    } catch {
      throw .verification(error)
    }
    do {
      return try Event(decoding: message, mapping: mapping, instance: instance)
    } catch {
      throw .event(error)
    }
  }

  /// Returns the two numbers of a stream entry's id, or nil for any other text.
  static func numbers(of id: String) -> (milliseconds: UInt64, count: UInt64)? {
    let parts = id.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let milliseconds = UInt64(parts[0]), let count = UInt64(parts[1]) else {
      return nil
    }
    return (milliseconds, count)
  }

  static func time(of id: String) -> Int64 {
    Int64(id.prefix { $0 != "-" }) ?? 0
  }
}
