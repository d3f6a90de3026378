/// A ledger entry: a verified message and its outcome.
public struct DeliveryRecord: Encodable, Equatable, Sendable {
  /// The entry's position in the ledger, which grows with the time of the first attempt.
  public let position: Int64
  /// The svix id, which is the same on every attempt to deliver the message.
  public let id: String
  /// The event's type; nil when it could not be read.
  public let type: String?
  /// The id of the event's user; nil when it could not be read.
  public let userID: String?
  /// `applied`, `stale`, `ignored` or `failed`. Only `failed` can change, by a retry.
  public let outcome: String
  /// The reason for the failure.
  public let error: String?
  public let attempts: Int
  /// When the first attempt arrived, in milliseconds since 1970.
  public let firstSeen: Int64
  /// When the last attempt arrived, in milliseconds since 1970.
  public let lastSeen: Int64

  private enum CodingKeys: String, CodingKey {
    case position, id, type
    case userID = "userId"
    case outcome, error, attempts, firstSeen, lastSeen
  }

  /// Whether the message still has to be applied.
  public var isFailed: Bool { outcome == DeliveryLedger.failed }
}

/// Selects deliveries. All conditions that are set must hold.
public struct DeliveryFilter: Equatable, Sendable {
  /// Deliveries that failed and have not succeeded since.
  public static let failed = DeliveryFilter(outcome: DeliveryLedger.failed)

  public var outcome: String?
  /// The event's type.
  public var type: String?
  /// The id of the event's user.
  public var userID: String?
  /// The earliest time of the last attempt, in milliseconds since 1970.
  public var since: Int64?

  public init(outcome: String? = nil, type: String? = nil, userID: String? = nil, since: Int64? = nil) {
    self.outcome = outcome
    self.type = type
    self.userID = userID
    self.since = since
  }
}
