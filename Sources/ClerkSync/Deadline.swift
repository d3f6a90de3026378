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
