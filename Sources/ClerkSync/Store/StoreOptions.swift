extension UserStore {
  /// The settings of a store.
  public struct Options: Hashable, Sendable {
    /// The unit of the columns `createdAt` and `updatedAt`.
    public var timestamps: TimestampUnit {
      get { mapping.timestamps }
      set { mapping = .users(roles: .standard, timestamps: newValue) }
    }
    /// The application's tables.
    package var mapping = Mapping.builtIn
    /// Whether each change of a row is recorded in the change feed; see ``RowChange``.
    public var recordsChanges = false
    /// How long ledger entries and tombstones are kept, in days. Svix can replay a message for up to 90 days.
    public var retention = 90
    /// How writes share connections.
    public var connection = ConnectionMode.perRequest
    /// Whether to keep an idle connection open beside those of ``ConnectionMode/perRequest``, which makes them faster.
    public var keepsConnection = true

    public init() {}
  }
}

/// How writes share connections to the database. Writes that arrive during a commit share the next one in both modes.
public enum ConnectionMode: String, CaseIterable, Sendable {
  /// A connection is opened for each commit, and closed before the writes return.
  case perRequest = "per-request"
  /// One open connection.
  case shared
}

/// The unit of the times in the users table, counted from 1970.
public enum TimestampUnit: String, CaseIterable, Sendable {
  /// The unit of JavaScript's `Date.now()`.
  case milliseconds = "ms"
  /// The unit of Drizzle's `timestamp` mode.
  case seconds = "s"

  /// Converts a time in milliseconds since 1970 to this unit.
  func convert(milliseconds: Int64) -> Int64 {
    switch self {
    case .milliseconds: milliseconds
    case .seconds: milliseconds / 1000
    }
  }

  /// Converts a time in this unit to milliseconds since 1970. A time out of range becomes the nearest limit.
  public func milliseconds(_ time: Int64) -> Int64 {
    guard self == .seconds else { return time }
    let (product, overflow) = time.multipliedReportingOverflow(by: 1000)
    return overflow ? (time < 0 ? .min : .max) : product
  }
}
