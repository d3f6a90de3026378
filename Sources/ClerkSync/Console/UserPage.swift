/// A page of users, in the order of their ids.
public struct UserPage: Encodable, Equatable, Sendable {
  public let users: [StoredUser]
  /// Where the next page begins; nil at the end. Users are looked at a bounded number at a time, so that a page may hold few of
  /// them, or none, and have a next one all the same.
  public let next: String?
}
