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
