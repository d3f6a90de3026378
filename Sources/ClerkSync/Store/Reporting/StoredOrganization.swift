/// A row of the organizations table, without the application's own columns. What the table does not hold is nil.
package struct StoredOrganization: Encodable, Equatable, Identifiable, Sendable {
  package let id: String
  package let name: String?
  package let slug: String?
  /// When the row was created, in milliseconds since 1970.
  package let createdAt: Int64?
  /// When the row was last written, in milliseconds since 1970.
  package let updatedAt: Int64?
}

/// A row of the memberships table, without the application's own columns. What the table does not hold is nil.
package struct StoredMembership: Encodable, Equatable, Sendable {
  /// Clerk's id.
  package let id: String?
  /// Clerk's id of the organization; also nil if the row refers to a missing one.
  package let organizationID: String?
  /// Clerk's id of the user; also nil if the row refers to a missing one.
  package let userID: String?
  package let role: String?
  /// When the row was created, in milliseconds since 1970.
  package let createdAt: Int64?
  /// When the row was last written, in milliseconds since 1970.
  package let updatedAt: Int64?

  private enum CodingKeys: String, CodingKey {
    case id
    case organizationID = "organizationId"
    case userID = "userId"
    case role, createdAt, updatedAt
  }
}
