/// What is past its retention: how many rows of each kind.
public struct PrunedRows: Equatable, Sendable {
  /// Entries of the ledger.
  public var deliveries: Int64 = 0
  /// Tombstones of deleted users.
  public var tombstones: Int64 = 0

  /// Both.
  public var total: Int64 { deliveries + tombstones }
}
