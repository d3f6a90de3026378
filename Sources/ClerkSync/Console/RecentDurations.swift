/// How long the last deliveries took to answer.
struct RecentDurations {
  /// In milliseconds: the time that so many in a hundred did not exceed.
  struct Percentiles: Encodable, Equatable {
    let requests: Int
    let p50: Double
    let p95: Double
    let p99: Double
    let max: Double
  }

  private static let capacity = 1024

  /// In milliseconds; once it is full the oldest is overwritten.
  private var durations: [Double] = []
  private var next = 0

  mutating func append(_ duration: Duration) {
    let milliseconds = duration / .milliseconds(1)
    if durations.count < Self.capacity {
      durations.append(milliseconds)
    } else {
      durations[next] = milliseconds
    }
    next = (next + 1) % Self.capacity
  }

  /// nil before the first.
  var percentiles: Percentiles? {
    let sorted = durations.sorted()
    guard let max = sorted.last else { return nil }
    // The nearest rank: the smallest time that at least so many do not exceed.
    func percentile(_ percent: Int) -> Double { sorted[(sorted.count * percent + 99) / 100 - 1] }
    return Percentiles(
      requests: sorted.count, p50: percentile(50), p95: percentile(95), p99: percentile(99), max: max)
  }
}
