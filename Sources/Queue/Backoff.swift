/// An exponential backoff: the pause doubles after each failure, up to a limit.
package struct Backoff: Sendable {
  private let first: Duration
  private let longest: Duration
  /// The number of failures since the last ``reset()``.
  private var failures = 0

  package init(first: Duration, longest: Duration) {
    self.first = first
    self.longest = longest
  }

  /// Whether a failure has occurred since the last ``reset()``.
  package var isUnderWay: Bool { failures > 0 }

  /// Records one more failure and returns the pause after it.
  package mutating func next() -> Duration {
    failures += 1
    return pause(after: failures)
  }

  package mutating func reset() {
    failures = 0
  }

  /// Returns the pause after this number of failures, which is at least 1.
  package func pause(after failures: Int) -> Duration {
    min(first * (1 << min(failures - 1, 20)), longest)
  }
}
