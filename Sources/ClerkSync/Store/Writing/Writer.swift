/// Brings writes to the disk, in one of the two connection modes.
protocol Writer: Sendable {
  /// Returns once the write is on disk; waits up to `timeout` milliseconds for another program's lock, or not at all.
  func write(_ operation: StoreOperation, timeout: Int32?) throws(StoreError) -> Outcome
}

/// A point in time up to which something may wait.
struct Deadline {
  private let end: ContinuousClock.Instant

  init(milliseconds: Int32) {
    end = .now + .milliseconds(milliseconds)
  }

  /// Milliseconds, 0 once it has passed.
  var remaining: Int32 {
    max(0, Int32(clamping: Int((end - .now) / .milliseconds(1))))
  }
}
