/// A verified Clerk event (clerk.com/docs/webhooks, "Payload structure").
public struct Event: Equatable, Sendable {
  /// What the event does to the users table.
  public enum Change: Equatable, Sendable {
    case created(User)
    case updated(User)
    case deleted(id: String)
  }

  /// The id of the message that carried it, the same on every attempt to deliver it.
  public let messageID: String
  /// Clerk's name of the event, such as `user.created`.
  public let type: String
  /// nil for an event that has nothing to do with the users table.
  public let change: Change?
  /// When the user came to be as told here, in milliseconds since 1970: its `updated_at`, else the
  /// event's timestamp, else the message's.
  public let version: Int64
  /// Whether the user's metadata names a role that is not configured, so that the least privileged was taken.
  public let hasUnknownRole: Bool

  /// The id of the user concerned.
  public var userID: String? { change?.userID }

  /// What the ledger knows the event by.
  public var delivery: Delivery { Delivery(id: messageID, type: type, userID: userID) }
}
