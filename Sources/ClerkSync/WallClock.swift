import Glibc

/// Where the time comes from: passed in, so that a test can stand still or turn it.
public struct WallClock: Sendable {
  /// The time now, in milliseconds since 1970.
  public let now: @Sendable () -> Int64

  public init(now: @escaping @Sendable () -> Int64) {
    self.now = now
  }

  /// This machine's clock.
  public static let system = WallClock {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
