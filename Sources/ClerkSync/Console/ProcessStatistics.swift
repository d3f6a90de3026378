import Gateway
import Synchronization

/// What this process has answered since it started; a CGI process has nothing to tell.
final class ProcessStatistics: Sendable {
  struct Figures {
    /// Deliveries answered with 200, by outcome.
    var outcomes: [String: Int] = [:]
    /// Requests refused or failed, by the name of the failure.
    var rejections: [String: Int] = [:]
    var durations = DurationHistogram()
    var recent = RecentDurations()
    /// When the last verified delivery was answered, in milliseconds since 1970.
    var lastDelivery: Int64?
  }

  /// When the process started, in milliseconds since 1970.
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
