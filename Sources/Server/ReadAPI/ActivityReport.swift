import ClerkSync
import Queue

/// The deliveries of a period and what became of them, in numbers.
struct ActivityReport: Encodable, Equatable {
  /// The deliveries of one outcome and type within one step.
  struct Bar: Encodable, Equatable {
    /// When the step began, in milliseconds since 1970.
    let start: Int64
    let outcome: String
    let type: String?
    let deliveries: Int64

    init(_ bar: Activity.Bar) {
      start = bar.start
      (outcome, type, deliveries) = (bar.count.outcome, bar.count.type, bar.count.deliveries)
    }
  }

  struct Series: Encodable, Equatable {
    /// When the first step began, in milliseconds since 1970.
    let start: Int64
    /// In milliseconds.
    let step: Int64
    let bars: [Bar]
  }

  /// How many deliveries came first within the last 60 and 3600 seconds.
  struct Rate: Encodable, Equatable {
    let lastMinute: Int64
    let lastHour: Int64
  }

  /// The time of the report, in milliseconds since 1970.
  let now: Int64
  let lastDelivery: Int64?
  /// Seconds since then.
  let age: Int64?
  let pendingFailures: Int64
  let users: Int64
  let totals: [Statistics.Count]
  let series: Series
  let rate: Rate
  let latency: RecentDurations.Percentiles?
  let queue: QueueStatistics?
  let sqlite = UserStore.sqliteVersion
  let journalMode: String

  init(_ activity: Activity, process: ProcessStatistics.Figures, queue: QueueStatistics?, now: Int64) {
    let condition = activity.totals.condition
    self.now = now
    lastDelivery = process.lastDelivery(after: condition)
    // A clock that was turned back makes no age negative.
    age = lastDelivery.map { max(0, now - $0) / 1000 }
    pendingFailures = condition.pendingFailures
    users = activity.totals.users
    totals = activity.totals.deliveries
    series = Series(start: activity.start, step: activity.step, bars: activity.bars.map(Bar.init))
    rate = Rate(lastMinute: activity.lastMinute, lastHour: activity.lastHour)
    latency = process.recent.percentiles
    self.queue = queue
    journalMode = condition.journalMode
  }
}
