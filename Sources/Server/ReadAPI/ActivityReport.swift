import ClerkSync
import Queue

/// The deliveries of a period and their outcomes, in numbers.
struct ActivityReport: Encodable, Equatable {
  /// The deliveries with one outcome and type within one step.
  struct Bar: Encodable, Equatable {
    /// The start of the step, in milliseconds since 1970.
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
    /// The start of the first step, in milliseconds since 1970.
    let start: Int64
    /// The length of a step, in milliseconds.
    let step: Int64
    let bars: [Bar]
  }

  /// The number of deliveries that first arrived within the last 60 and 3600 seconds.
  struct Rate: Encodable, Equatable {
    let lastMinute: Int64
    let lastHour: Int64
  }

  /// The time of the report, in milliseconds since 1970.
  let now: Int64
  let lastDelivery: Int64?
  /// Seconds since the last delivery.
  let age: Int64?
  let pendingFailures: Int64
  let refused: Int64
  let users: Int64
  /// The rows of each table that the mapping names.
  let objects: [RowCount]
  let totals: [Statistics.Count]
  let series: Series
  let rate: Rate
  let latency: RecentDurations.Percentiles?
  let queue: QueueStatistics?
  /// The consumers of the change feed; nil if there are none.
  let changes: [ConsumerReport]?
  /// The last comparisons with Clerk; nil if there has been no run.
  let reconciliations: [ReconciliationRecord]?
  let sqlite = UserStore.sqliteVersion
  let journalMode: String

  init(_ activity: Activity, process: ProcessStatistics.Figures, queue: QueueStatistics?, now: Int64) {
    let condition = activity.totals.condition
    self.now = now
    lastDelivery = process.lastDelivery(after: condition)
    age = lastDelivery.map { $0.age(at: now) }
    (pendingFailures, refused) = (condition.pendingFailures, condition.refused)
    (users, objects) = (activity.totals.users, activity.totals.objects)
    totals = activity.totals.deliveries
    series = Series(start: activity.start, step: activity.step, bars: activity.bars.map(Bar.init))
    rate = Rate(lastMinute: activity.lastMinute, lastHour: activity.lastHour)
    latency = process.recent.percentiles
    self.queue = queue
    changes = ConsumerReport.all(condition.consumers, now: now)
    reconciliations = condition.reconciliations.isEmpty ? nil : condition.reconciliations
    journalMode = condition.journalMode
  }
}
