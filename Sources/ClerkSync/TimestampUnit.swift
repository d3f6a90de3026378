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
}
