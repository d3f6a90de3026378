/// A row of the users table, without the application's own columns.
public struct StoredUser: Encodable, Equatable, Identifiable, Sendable {
  public let id: String
  public let email: String
  public let firstName: String
  public let lastName: String
  public let role: String
  /// When the row was created, in the table's unit; see ``TimestampUnit``.
  public let createdAt: Int64
  /// When the row was last written, in the table's unit.
  public let updatedAt: Int64
}

extension StoredUser {
  /// Converts the times from milliseconds.
  func storedIn(_ unit: TimestampUnit) -> StoredUser {
    StoredUser(
      id: id, email: email, firstName: firstName, lastName: lastName, role: role,
      createdAt: unit.convert(milliseconds: createdAt), updatedAt: unit.convert(milliseconds: updatedAt))
  }
}

/// Selects users. All conditions that are set must hold.
public struct UserFilter: Equatable, Sendable {
  public var id: String?
  /// The whole address, as stored.
  public var email: String?
  public var role: String?

  public init(id: String? = nil, email: String? = nil, role: String? = nil) {
    self.id = id
    self.email = email
    self.role = role
  }
}
