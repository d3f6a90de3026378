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
