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
