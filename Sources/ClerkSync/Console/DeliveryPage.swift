/// A page of the ledger, the newest entry first.
public struct DeliveryPage: Encodable, Equatable, Sendable {
  public let deliveries: [DeliveryRecord]
  /// Where the next page begins; nil at the end. Entries are looked at a bounded number at a time, so that a page may hold few
  /// of them, or none, and have a next one all the same.
  public let next: Int64?
}
