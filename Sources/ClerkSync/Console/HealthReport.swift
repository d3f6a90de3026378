/// How the sync stands, for whoever watches it.
struct HealthReport: Encodable, Equatable {
  enum Status: String, Encodable {
    case ok
    /// Nothing has arrived for too long; the endpoint may be switched off at Clerk, or the way to it cut.
    case silent
  }

  var status = Status.ok
  /// When the last attempt at a delivery came, in milliseconds since 1970.
  var lastDelivery: Int64?
  /// Seconds since then.
  var age: Int64?
  /// After how many hours without a delivery the status is silent.
  var silenceHours: Int?
  var pendingFailures: Int64?
  var sqlite: String?
  var journalMode: String?
  var queue: QueueStatistics?
  private(set) var version = Release.version

  init(queue: QueueStatistics?) {
    self.queue = queue
  }

  /// Of a receiver without a database, which knows what has come since it started.
  init(ofQueue queue: QueueStatistics?, silenceHours: Int?, process: ProcessStatistics, now: Int64) {
    self.init(queue: queue)
    let last = process.figures.lastDelivery
    tell(last: last, since: last ?? process.start, silenceHours: silenceHours, now: now)
  }

  /// Enters the last delivery, and whether it is too long since then.
  mutating func tell(last: Int64?, since: Int64, silenceHours: Int?, now: Int64) {
    lastDelivery = last
    // A clock that was turned back makes no age negative.
    age = last.map { max(0, now - $0) / 1000 }
    self.silenceHours = silenceHours
    if let silenceHours, now - since > Int64(silenceHours) * DeliveryCounts.hour { status = .silent }
  }
}
