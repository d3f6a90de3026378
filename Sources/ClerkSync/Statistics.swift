/// How a database stands, in numbers.
public struct Statistics: Encodable, Equatable, Sendable {
  /// The deliveries of one outcome and type.
  public struct Count: Encodable, Equatable, Sendable {
    public let outcome: String
    /// nil where the type could not be read.
    public let type: String?
    public let deliveries: Int64
  }

  /// What the ledger holds, by outcome and type.
  public let deliveries: [Count]
  /// Deliveries that failed and have not succeeded since.
  public let failures: Int64
  /// When the last attempt at a delivery came, in milliseconds since 1970.
  public let lastDelivery: Int64?
  /// When the newest change that has been applied happened at Clerk, in milliseconds since 1970.
  public let newestVersion: Int64?
  public let users: Int64
  /// The deleted users that are remembered.
  public let tombstones: Int64
  /// The version of the linked SQLite, such as 3.51.3.
  public let library: String
  /// `wal`, `delete` and so on (sqlite.org/pragma.html#pragma_journal_mode).
  public let journalMode: String
}
