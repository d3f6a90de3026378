extension UserStore {
  /// How a store treats its file and its table.
  public struct Options: Hashable, Sendable {
    /// The unit of `createdAt` and `updatedAt`.
    public var timestamps = TimestampUnit.milliseconds
    /// How long the ledger's entries and the tombstones of deleted users are kept, in days. Svix can replay a
    /// message for as long as 90.
    public var retention = 90
    /// How calls share connections: one each, or one for all of them with commits in groups.
    public var connection = ConnectionMode.perRequest
    /// Whether to keep an idle connection open between calls that have one each, which makes them cheaper.
    public var keepsConnection = true

    public init() {}
  }
}

/// How writes share connections to the database.
public enum ConnectionMode: String, CaseIterable, Sendable {
  /// A connection for each write, and a commit for each.
  case perRequest = "per-request"
  /// One kept connection; the writes that wait while it commits go together into its next commit.
  case shared
}

/// The unit in which the users table counts time since 1970.
public enum TimestampUnit: String, CaseIterable, Sendable {
  /// What JavaScript's `Date.now()` writes.
  case milliseconds = "ms"
  /// What Drizzle's `timestamp` mode writes.
  case seconds = "s"

  /// A time in milliseconds since 1970, in this unit.
  func convert(milliseconds: Int64) -> Int64 {
    switch self {
    case .milliseconds: milliseconds
    case .seconds: milliseconds / 1000
    }
  }

  /// A time in this unit in milliseconds since 1970, as near as they come to it.
  public func milliseconds(_ time: Int64) -> Int64 {
    guard self == .seconds else { return time }
    let (product, overflow) = time.multipliedReportingOverflow(by: 1000)
    return overflow ? (time < 0 ? .min : .max) : product
  }
}
