import FoundationEssentials
public import Svix

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
