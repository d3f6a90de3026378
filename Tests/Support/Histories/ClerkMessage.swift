/// A user in the form shared by Clerk and the users table.
public struct ClerkUser: Hashable, Sendable {
  public let id: String
  public var email: String
  public var firstName: String
  public var lastName: String
  public var role: String

  public init(id: String, email: String, firstName: String, lastName: String, role: String) {
    self.id = id
    self.email = email
    self.firstName = firstName
    self.lastName = lastName
    self.role = role
  }

  /// The columns of its row.
  public var columns: [String?] { [id, email, firstName, lastName, role] }
}

/// An event, as the message that carries it.
public struct ClerkMessage: Hashable, Sendable {
  public enum Kind: String, Sendable {
    case created, updated, deleted
  }

  /// The same on every attempt to deliver the message.
  public let id: String
  public let kind: Kind
  /// The user after the event. A deletion carries only the id.
  public let user: ClerkUser
  /// In milliseconds since 1970.
  public let version: Int

  /// The order of a user's events, of which a creation and the first change may have the same version.
  public static func happenedBefore(_ one: ClerkMessage, _ other: ClerkMessage) -> Bool {
    (one.version, one.kind == .created ? 0 : 1) < (other.version, other.kind == .created ? 0 : 1)
  }

  /// The body of the message.
  public var payload: String {
    guard kind != .deleted else { return Payload.deleted(id: user.id, timestamp: version) }
    return Payload.user(
      "user.\(kind)", id: user.id, email: user.email, firstName: user.firstName, lastName: user.lastName,
      role: user.role, updatedAt: version)
  }
}
