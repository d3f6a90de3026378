import FoundationEssentials
public import Svix

/// A verified Clerk event (clerk.com/docs/webhooks, "Payload structure").
public struct Event: Equatable, Sendable {
  /// The event's effect on the users table.
  public enum Change: Equatable, Sendable {
    case created(User)
    case updated(User)
    case deleted(id: String)
  }

  /// The id of the event's message, which is the same on every attempt to deliver it.
  public let messageID: String
  /// Clerk's name of the event, such as `user.created`.
  public let type: String
  /// The change to the users table; nil for an event that is not about a user.
  public let change: Change?
  /// The time of the user's state, in milliseconds since 1970: its `updated_at`, otherwise the event's timestamp,
  /// otherwise the message's.
  public let version: Int64
  /// Whether the user's metadata has an unknown role, which is replaced by the least privileged one.
  public let hasUnknownRole: Bool

  /// The id of the event's user.
  public var userID: String? { change?.userID }

  /// The event's identification in the ledger.
  public var delivery: Delivery { Delivery(id: messageID, type: type, objectID: userID) }
}

extension Event {
  /// Decodes a message. Only a verified message can be decoded, so no other can reach the database.
  public init(decoding message: VerifiedMessage, roles: Roles) throws(EventError) {
    let envelope: Envelope
    do {
      envelope = try JSONDecoder().decode(Envelope.self, from: Data(message.body))
    } catch {
      throw .malformed(reason: Self.reason(for: error))
    }
    messageID = message.id
    type = envelope.type
    version = Self.milliseconds(envelope.change?.updatedAt ?? envelope.timestamp ?? message.timestamp)

    switch envelope.change {
    case .created(let data)?:
      let (user, isKnown) = try Self.user(data, type: type, version: version, roles: roles)
      (change, hasUnknownRole) = (.created(user), !isKnown)
    case .updated(let data)?:
      let (user, isKnown) = try Self.user(data, type: type, version: version, roles: roles)
      (change, hasUnknownRole) = (.updated(user), !isKnown)
    case .deleted(let data)?:
      (change, hasUnknownRole) = (.deleted(id: try Self.userID(data.id, type: type)), false)
    case nil:
      (change, hasUnknownRole) = (nil, false)
    }
  }

  private static func userID(_ id: String?, type: String) throws(EventError) -> String {
    guard let id, !id.isEmpty else { throw .noUserID(type: type) }
    return id
  }

  /// Returns the row's content for a user object, and whether its role is known. `type` and `version` appear in the
  /// errors.
  static func user(
    _ data: UserData, type: String, version: Int64, roles: Roles
  ) throws(EventError) -> (User, isRoleKnown: Bool) {
    let id = try userID(data.id, type: type)
    guard let email = data.primaryEmail else {
      throw .noPrimaryEmail(type: type, userID: id, version: version, isExample: data.isExample)
    }
    let (role, isKnown) = roles.role(for: data.publicMetadata)
    let user = User(
      id: id, email: email, firstName: data.firstName ?? "", lastName: data.lastName ?? "", role: role)
    return (user, isKnown)
  }

  /// Converts seconds to milliseconds. Clerk's documentation has milliseconds, its OpenAPI examples seconds, which
  /// taken as milliseconds would all be before 1973.
  static func milliseconds(_ time: Int64) -> Int64 {
    (0..<100_000_000_000).contains(time) ? time * 1000 : time
  }

  /// Returns the problem and its place. The decoder's own message may quote the payload, so it is not used.
  static func reason(for error: any Error) -> String {
    func path(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
      return keys.isEmpty ? "the body" : keys.joined(separator: ".")
    }
    return switch error as? DecodingError {
    case .keyNotFound(let key, let context): "\(path(context)) lacks \"\(key.stringValue)\""
    case .typeMismatch(let type, let context): "\(path(context)) is not \(jsonName(of: type))"
    case .valueNotFound(let type, let context): "\(path(context)) is null, not \(jsonName(of: type))"
    default: "the body is not JSON"
    }
  }

  private static func jsonName(of type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is any RandomAccessCollection.Type: "an array"
    default: "an object"
    }
  }
}

extension Event.Change {
  /// The id of the event's user.
  var userID: String {
    switch self {
    case .created(let user), .updated(let user): user.id
    case .deleted(let id): id
    }
  }

  /// The user's new state; nil for a deletion.
  package var user: User? {
    switch self {
    case .created(let user), .updated(let user): user
    case .deleted: nil
    }
  }

  var rank: Version.Rank {
    switch self {
    case .created: .created
    case .updated: .updated
    case .deleted: .deleted
    }
  }
}
