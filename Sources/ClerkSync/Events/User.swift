/// A Clerk user, with the fields of the users table.
public struct User: Equatable, Sendable {
  /// Clerk's id.
  public var id: String
  /// The primary e-mail address.
  public var email: String
  public var firstName: String
  public var lastName: String
  public var role: String

  public init(id: String, email: String, firstName: String = "", lastName: String = "", role: String) {
    self.id = id
    self.email = email
    self.firstName = firstName
    self.lastName = lastName
    self.role = role
  }
}
