/// A row of the users table, as far as Clerk's users are concerned.
public struct StoredUser: Encodable, Equatable, Sendable {
  public let id: String
  public let email: String
  public let firstName: String
  public let lastName: String
  public let role: String
  /// When the row was made, in the table's own unit; see ``TimestampUnit``.
  public let createdAt: Int64
  /// When the row was last written, in the table's own unit.
  public let updatedAt: Int64
}

/// Which users are asked for: those to whom all that is set applies.
public struct UserFilter: Equatable, Sendable {
  public var id: String?
  /// The whole address, in the form in which it is stored.
  public var email: String?
  public var role: String?

  public init(id: String? = nil, email: String? = nil, role: String? = nil) {
    self.id = id
    self.email = email
    self.role = role
  }
}
