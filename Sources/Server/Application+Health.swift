import ClerkSync
import Gateway
import Queue
import Settings

extension Application {
  /// Says to everyone whether deliveries can be taken, and to whoever has the admin token whether any come.
  func reportHealth(_ parameters: Parameters, _ configuration: Configuration) throws(RequestFailure) -> Reply
  {
    let credentials = configuration.adminToken.map { Credentials(parameters, token: $0) } ?? .absent
    if credentials == .wrong { throw .unauthorized(isTokenWrong: true) }
    try check(configuration)
    if credentials == .right { return reply(try report(configuration)) }
    var object = JSONObject()
    object.append("status", "ok")
    return Reply(outcome: "healthy", response: .json(.ok, object))
  }

  /// Throws unless deliveries can be taken. With a queue that takes Redis alone: the database is the worker's.
  private func check(_ configuration: Configuration) throws(RequestFailure) {
    if let queue = configuration.queue {
      do {
        try check(queue: queue)
      } catch {
        throw .queueUnhealthy(error)
      }
    } else {
      do {
        try store(configuration).check()
      } catch {
        throw .unhealthy(error)
      }
    }
  }

  private func report(_ configuration: Configuration) throws(RequestFailure) -> HealthReport {
    let queue = queueStatistics(configuration)
    var report = HealthReport(queue: queue)
    let (now, silenceHours) = (clock.now(), configuration.silenceHours)
    do {
      let condition = try store(configuration).condition()
      let last = statistics.figures.lastDelivery(after: condition)
      report.tell(last: last, since: last ?? 0, silenceHours: silenceHours, now: now)
      report.tell(condition)
    } catch {
      guard configuration.queue != nil, case .missing = error else { throw .unhealthy(error) }
      // A receiver without a database knows what has come since it started.
      let last = statistics.figures.lastDelivery
      report.tell(last: last, since: last ?? statistics.start, silenceHours: silenceHours, now: now)
    }
    return report
  }

  /// A monitor looks at the status code, and silence is what it is there for.
  private func reply(_ report: HealthReport) -> Reply {
    switch report.status {
    case .ok: Reply(outcome: "healthy", response: .json(.ok, report))
    case .silent: Reply(outcome: "silent", response: .json(.serviceUnavailable, report))
    }
  }
}

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

  /// Enters what the database says of itself.
  mutating func tell(_ condition: Condition) {
    pendingFailures = condition.pendingFailures
    (sqlite, journalMode) = (UserStore.sqliteVersion, condition.journalMode)
  }

  /// Enters the last delivery, and whether it is too long since then.
  mutating func tell(last: Int64?, since: Int64, silenceHours: Int?, now: Int64) {
    lastDelivery = last
    // A clock that was turned back makes no age negative.
    age = last.map { max(0, now - $0) / 1000 }
    self.silenceHours = silenceHours
    if let silenceHours, now - since > Int64(silenceHours) * 3_600_000 { status = .silent }
  }
}
