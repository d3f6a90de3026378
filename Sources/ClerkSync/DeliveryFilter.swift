/// Which deliveries are asked for: those to which all that is set applies.
public struct DeliveryFilter: Equatable, Sendable {
  /// Those that failed and have not succeeded since.
  public static let failed = DeliveryFilter(outcome: DeliveryLedger.failed)

  public var outcome: String?
  /// The event's type.
  public var type: String?
  /// The id of the user concerned.
  public var userID: String?
  /// The last attempt's earliest time, in milliseconds since 1970.
  public var since: Int64?

  public init(outcome: String? = nil, type: String? = nil, userID: String? = nil, since: Int64? = nil) {
    self.outcome = outcome
    self.type = type
    self.userID = userID
    self.since = since
  }
}
