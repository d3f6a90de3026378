import FoundationEssentials
public import Svix

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

extension Event {
  /// Decodes a message. Only a verified one can be decoded, so nothing else can reach the database.
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
      let (user, isKnown) = try Self.user(data, type: type, roles: roles)
      (change, hasUnknownRole) = (.created(user), !isKnown)
    case .updated(let data)?:
      let (user, isKnown) = try Self.user(data, type: type, roles: roles)
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

  /// The row's content that a user object asks for, and whether its role is known; `type` is for the errors.
  static func user(
    _ data: UserData, type: String, roles: Roles
  ) throws(EventError) -> (User, isRoleKnown: Bool) {
    let id = try userID(data.id, type: type)
    guard let email = data.primaryEmail else { throw .noPrimaryEmail(type: type, userID: id) }
    let (role, isKnown) = roles.role(for: data.publicMetadata)
    let user = User(
      id: id, email: email, firstName: data.firstName ?? "", lastName: data.lastName ?? "", role: role)
    return (user, isKnown)
  }

  /// Clerk's documentation gives milliseconds, its OpenAPI examples seconds; as milliseconds the latter
  /// would all lie before 1973.
  static func milliseconds(_ time: Int64) -> Int64 {
    (0..<100_000_000_000).contains(time) ? time * 1000 : time
  }

  /// What is wrong and where; the decoder's own words may quote the payload.
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
  /// The id of the user concerned.
  var userID: String {
    switch self {
    case .created(let user), .updated(let user): user.id
    case .deleted(let id): id
    }
  }

  /// The user as the event tells of one, unless it is a deletion.
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
