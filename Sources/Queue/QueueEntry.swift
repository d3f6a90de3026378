import ClerkSync
import Redis
import Svix

/// An entry of a stream: what somebody has put there, which may be anything.
struct QueueEntry: Equatable {
  /// Redis's own id, `milliseconds-number`.
  let id: String
  /// Names and values by turns, as they lie there.
  let fields: [[UInt8]]

  init(id: String, fields: [[UInt8]]) {
    (self.id, self.fields) = (id, fields)
  }

  /// Takes an element of a reply; nil for one that has been deleted meanwhile, which Redis 6.2 gives as null.
  init?(_ reply: RedisReply) {
    guard reply.elements.count == 2, let id = reply.elements[0].text else { return nil }
    self.init(id: id, fields: reply.elements[1].elements.compactMap(\.bytes))
  }

  /// When Redis took it, in milliseconds since 1970.
  var time: Int64 { Self.time(of: id) }

  /// When the message was signed, in seconds since 1970; true once ``event(_:roles:)`` has verified it.
  var signed: Int64? { text("timestamp").flatMap { Int64($0) } }

  /// The last value of this name.
  func bytes(_ name: String) -> [UInt8]? {
    let names = stride(from: 0, to: fields.count - 1, by: 2).reversed()
    return names.first { fields[$0].elementsEqual(name.utf8) }.map { fields[$0 + 1] }
  }

  /// The last value of this name as text, unless that is empty.
  func text(_ name: String) -> String? {
    bytes(name).flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
  }

  /// The event, once its signature has been verified anew: that it lies in Redis is no proof.
  func event(_ verifier: Verifier, roles: Roles) throws(DeliveryError) -> Event {
    let headers = MessageHeaders(
      id: text("id") ?? "", timestamp: text("timestamp") ?? "", signature: text("signature") ?? "")
    let message: VerifiedMessage
    do {
      message = try verifier.verify(kept: headers, body: bytes("body") ?? [])
    } catch {
      throw .verification(error)
    }
    do {
      return try Event(decoding: message, roles: roles)
    } catch {
      throw .event(error)
    }
  }

  /// The two numbers of an id of Redis's; nil for anything else.
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
