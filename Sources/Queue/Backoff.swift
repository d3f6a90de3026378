/// How long to leave something alone that does not work: twice as long after each failure, up to a limit.
package struct Backoff: Sendable {
  private let first: Duration
  private let longest: Duration
  /// How often it has failed since the last ``reset()``.
  private var failures = 0

  package init(first: Duration, longest: Duration) {
    self.first = first
    self.longest = longest
  }

  /// Whether it has failed since the last ``reset()``.
  package var isUnderWay: Bool { failures > 0 }

  /// The pause after one more failure.
  package mutating func next() -> Duration {
    failures += 1
    return pause(after: failures)
  }

  package mutating func reset() {
    failures = 0
  }

  /// The pause after so many failures, the first of which is 1.
  package func pause(after failures: Int) -> Duration {
    min(first * (1 << min(failures - 1, 20)), longest)
  }
}
