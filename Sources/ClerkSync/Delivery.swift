/// What the ledger knows a message by.
public struct Delivery: Equatable, Sendable {
  /// The message's id, the same on every attempt to deliver it.
  public let id: String
  /// The event's type, where it could be read.
  public var type: String?
  /// The id of the user concerned, where it could be read.
  public var userID: String?

  public init(id: String, type: String? = nil, userID: String? = nil) {
    self.id = id
    self.type = type
    self.userID = userID
  }
}
