/// An entry of the ledger: a verified message, and what became of it.
public struct DeliveryRecord: Encodable, Equatable, Sendable {
  /// Its place in the ledger: the later a message came first, the greater.
  public let position: Int64
  /// The svix id, the same on every attempt to deliver the message.
  public let id: String
  /// The event's type, where it could be read.
  public let type: String?
  /// The id of the user concerned, where it could be read.
  public let userID: String?
  /// `applied`, `stale`, `ignored`, or `failed`, which is the only one that another attempt can change.
  public let outcome: String
  /// Why it failed.
  public let error: String?
  public let attempts: Int
  /// When the first attempt came, in milliseconds since 1970.
  public let firstSeen: Int64
  /// When the last attempt came, in milliseconds since 1970.
  public let lastSeen: Int64

  private enum CodingKeys: String, CodingKey {
    case position, id, type
    case userID = "userId"
    case outcome, error, attempts, firstSeen, lastSeen
  }

  /// Whether the message has not been dealt with yet.
  public var isFailed: Bool { outcome == DeliveryLedger.failed }
}

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
