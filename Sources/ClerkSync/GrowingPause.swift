/// How long to leave something alone that does not work: from half a second on twice as long each time, up to 30 s.
struct GrowingPause {
  private static let first = Duration.milliseconds(500)
  private static let longest = Duration.seconds(30)

  private var length = first

  /// Whether it has not worked since the last ``reset()``.
  var isUnderWay: Bool { length > Self.first }

  mutating func next() -> Duration {
    defer { length = min(length * 2, Self.longest) }
    return length
  }

  mutating func reset() {
    length = Self.first
  }
}
