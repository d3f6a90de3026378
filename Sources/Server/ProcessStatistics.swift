import ClerkSync
import Gateway
import Synchronization

/// The requests answered by this process since it started. A CGI process answers one and reports nothing.
final class ProcessStatistics: Sendable {
  struct Figures {
    /// Deliveries answered with 200, by outcome.
    var outcomes: [String: Int] = [:]
    /// Requests refused or failed, by the name of the failure.
    var rejections: [String: Int] = [:]
    var durations = DurationHistogram()
    var recent = RecentDurations()
    /// The time at which the last verified delivery was answered, in milliseconds since 1970.
    var lastDelivery: Int64?

    /// Returns the time of the last delivery: the ledger's, or a later one of this process, which also counts
    /// duplicates.
    func lastDelivery(after condition: Condition) -> Int64? {
      [condition.lastAttempt, lastDelivery].compactMap(\.self).max()
    }
  }

  /// The time at which the process started, in milliseconds since 1970.
  let start: Int64
  private let state = Mutex(Figures())

  init(start: Int64) {
    self.start = start
  }

  var figures: Figures { state.withLock(\.self) }

  /// Counts a verified delivery that was answered at `now`, in milliseconds since 1970.
  func count(_ duration: Duration, of reply: Reply, now: Int64) {
    state.withLock { figures in
      if reply.response.status == .ok { figures.outcomes[reply.outcome, default: 0] += 1 }
      figures.durations.append(duration)
      figures.recent.append(duration)
      figures.lastDelivery = now
    }
  }

  /// Counts a request that was refused or failed.
  func count(rejection: String) {
    state.withLock { $0.rejections[rejection, default: 0] += 1 }
  }
}

/// A histogram as Prometheus defines it: each bucket counts the durations up to its bound.
struct DurationHistogram {
  /// Upper bounds, in seconds.
  static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  /// The number of durations up to the bound with the same index and above the previous bound.
  private var counts = Array(repeating: 0, count: bounds.count)
  private(set) var count = 0
  /// The sum of the durations, in seconds.
  private(set) var sum = 0.0

  mutating func append(_ duration: Duration) {
    let seconds = duration / .seconds(1)
    if let index = Self.bounds.firstIndex(where: { seconds <= $0 }) { counts[index] += 1 }
    count += 1
    sum += seconds
  }

  /// The bounds, each with the number of durations up to it.
  var buckets: [(bound: Double, count: Int)] {
    var total = 0
    return zip(Self.bounds, counts).map { bound, count in
      total += count
      return (bound, total)
    }
  }
}

/// The response times of the most recent deliveries.
struct RecentDurations {
  /// Percentiles of the response times, in milliseconds.
  struct Percentiles: Encodable, Equatable {
    let requests: Int
    let p50: Double
    let p95: Double
    let p99: Double
    let max: Double
  }

  private static let capacity = 1024

  /// In milliseconds. A ring buffer: when full, the oldest value is overwritten.
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

  /// nil before the first delivery.
  var percentiles: Percentiles? {
    let sorted = durations.sorted()
    guard let max = sorted.last else { return nil }
    // Nearest rank: the smallest value that at least `percent` percent of the values do not exceed.
    func percentile(_ percent: Int) -> Double { sorted[(sorted.count * percent + 99) / 100 - 1] }
    return Percentiles(
      requests: sorted.count, p50: percentile(50), p95: percentile(95), p99: percentile(99), max: max)
  }
}
