import Glibc

/// The source of the time. A test can pass one that stands still or jumps.
public struct WallClock: Sendable {
  /// Returns the current time in milliseconds since 1970.
  public let now: @Sendable () -> Int64

  public init(now: @escaping @Sendable () -> Int64) {
    self.now = now
  }

  /// The machine's clock.
  public static let system = WallClock {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
