import Foundation
import TestSupport

/// An endless sequence of events about several users, and the expected users after the last one.
///
/// The message id of each event is also the user's first name, so a row identifies its event.
struct History {
  /// The first names by user id.
  private(set) var users: [String: String] = [:]
  private var time = 1_700_000_000_000
  private var count = 0

  mutating func next(using generator: inout SeededGenerator) throws -> SignedDelivery {
    count += 1
    time += 1
    let message = "msg_\(count)"
    let living = users.keys.sorted()
    guard living.count == 8, let user = living.randomElement(using: &generator) else {
      return try write("user.created", "user_\(count)", message)
    }
    guard Int.random(in: 0..<6, using: &generator) == 0 else {
      return try write("user.updated", user, message)
    }
    users[user] = nil
    return try SignedDelivery(Array(Payload.deleted(id: user, timestamp: time).utf8), id: message)
  }

  private mutating func write(_ type: String, _ user: String, _ message: String) throws -> SignedDelivery {
    users[user] = message
    let payload = Payload.user(type, id: user, firstName: message, updatedAt: time)
    return try SignedDelivery(Array(payload.utf8), id: message)
  }
}
