/// A ledger entry: a verified message and its outcome.
public struct DeliveryRecord: Encodable, Equatable, Sendable {
  /// The entry's position in the ledger, which grows with the time of the first attempt.
  public let position: Int64
  /// The svix id, which is the same on every attempt to deliver the message.
  public let id: String
  /// The event's type; nil when it could not be read.
  public let type: String?
  /// The id of the object that the event is about; nil when it could not be read.
  public let objectID: String?
  /// `applied`, `stale`, `ignored`, `failed` or `refused`. Only the last two can change: by a retry, and `refused`
  /// also by a later event of the same object, which makes it `stale`.
  public let outcome: String
  /// The reason for the failure or the refusal.
  public let error: String?
  public let attempts: Int
  /// When the first attempt arrived, in milliseconds since 1970.
  public let firstSeen: Int64
  /// When the last attempt arrived, in milliseconds since 1970.
  public let lastSeen: Int64

  private enum CodingKeys: String, CodingKey {
    case position, id, type
    case objectID = "userId"
    case outcome, error, attempts, firstSeen, lastSeen
  }

  /// Whether the message still has to be applied.
  public var isFailed: Bool { outcome == DeliveryLedger.failed }

  /// Whether the outcome is final.
  public var isSettled: Bool { ![DeliveryLedger.failed, DeliveryLedger.refused].contains(outcome) }
}

/// Selects deliveries. All conditions that are set must hold.
public struct DeliveryFilter: Equatable, Sendable {
  /// Deliveries that failed and have not succeeded since.
  public static let failed = DeliveryFilter(outcome: DeliveryLedger.failed)
  /// Deliveries that no retry can mend, and about whose object nothing newer has been applied.
  public static let refused = DeliveryFilter(outcome: DeliveryLedger.refused)

  public var outcome: String?
  /// The event's type.
  public var type: String?
  /// The id of the object that the event is about.
  public var objectID: String?
  /// The earliest time of the last attempt, in milliseconds since 1970.
  public var since: Int64?

  public init(outcome: String? = nil, type: String? = nil, objectID: String? = nil, since: Int64? = nil) {
    self.outcome = outcome
    self.type = type
    self.objectID = objectID
    self.since = since
  }
}
