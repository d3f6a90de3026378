/// Durations counted in Prometheus's way: each bucket has all that took no longer than its bound.
struct DurationHistogram {
  /// Upper bounds, in seconds.
  static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  /// How many took no longer than the bound of the same index, and longer than the one before.
  private var counts = Array(repeating: 0, count: bounds.count)
  private(set) var count = 0
  /// In seconds.
  private(set) var sum = 0.0

  mutating func append(_ duration: Duration) {
    let seconds = duration / .seconds(1)
    if let index = Self.bounds.firstIndex(where: { seconds <= $0 }) { counts[index] += 1 }
    count += 1
    sum += seconds
  }

  /// The bounds, and how many took no longer.
  var buckets: [(bound: Double, count: Int)] {
    var total = 0
    return zip(Self.bounds, counts).map { bound, count in
      total += count
      return (bound, total)
    }
  }
}
