import ClerkSync
import Gateway
import Queue
import Settings

extension Application {
  /// Reports to everyone whether deliveries can be accepted, and to holders of the admin token also whether
  /// any arrive.
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

  /// Throws unless deliveries can be accepted. With a queue that depends on Redis alone; the database is the
  /// worker's.
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
      report.add(lastDelivery: last, since: last ?? 0, silenceHours: silenceHours, now: now)
      report.add(condition, now: now)
    } catch {
      guard configuration.queue != nil, case .missing = error else { throw .unhealthy(error) }
      // A receiver without a database knows only the deliveries since it started.
      let last = statistics.figures.lastDelivery
      report.add(lastDelivery: last, since: last ?? statistics.start, silenceHours: silenceHours, now: now)
    }
    return report
  }

  /// Silence and waiting changes are an error status, because monitors check the status code and these states are what
  /// they must detect.
  private func reply(_ report: HealthReport) -> Reply {
    switch report.status {
    case .ok: Reply(outcome: "healthy", response: .json(.ok, report))
    case .silent, .changesWaiting:
      Reply(outcome: report.status.rawValue, response: .json(.serviceUnavailable, report))
    }
  }
}

/// The state of the synchronization, for monitoring.
struct HealthReport: Encodable, Equatable {
  enum Status: String, Encodable {
    case ok
    /// No delivery has arrived for too long. The endpoint may be disabled at Clerk, or unreachable.
    case silent
    /// A consumer of the change feed is late. It may have stopped.
    case changesWaiting = "changes_waiting"
  }

  var status = Status.ok
  /// The time of the last attempt at a delivery, in milliseconds since 1970.
  var lastDelivery: Int64?
  /// Seconds since the last delivery.
  var age: Int64?
  /// The number of hours without a delivery after which the status is silent.
  var silenceHours: Int?
  var pendingFailures: Int64?
  /// The number of deliveries that no retry can mend. It needs no attention.
  var refused: Int64?
  var sqlite: String?
  var journalMode: String?
  var queue: QueueStatistics?
  /// The consumers of the change feed; nil if there are none.
  var changes: [ConsumerReport]?
  /// The last comparisons with Clerk; nil if there has been no run. Drift does not change the status: deliveries are
  /// accepted, and an alarm has the time that the drift lasts.
  var reconciliations: [ReconciliationRecord]?
  private(set) var version = Release.version

  init(queue: QueueStatistics?) {
    self.queue = queue
  }

  /// Adds the state of the database and determines whether a change has waited too long. Silence is reported first.
  mutating func add(_ condition: Condition, now: Int64) {
    (pendingFailures, refused) = (condition.pendingFailures, condition.refused)
    (sqlite, journalMode) = (UserStore.sqliteVersion, condition.journalMode)
    changes = ConsumerReport.all(condition.consumers, now: now)
    reconciliations = condition.reconciliations.isEmpty ? nil : condition.reconciliations
    if status == .ok, changes?.contains(where: \.isLate) == true { status = .changesWaiting }
  }

  /// Adds the last delivery and determines whether the silence has lasted too long.
  mutating func add(lastDelivery last: Int64?, since: Int64, silenceHours: Int?, now: Int64) {
    lastDelivery = last
    age = last.map { $0.age(at: now) }
    self.silenceHours = silenceHours
    if let silenceHours, now - since > Int64(silenceHours) * 3_600_000 { status = .silent }
  }
}

extension Int64 {
  /// Returns the seconds from this time to `now`, both in milliseconds since 1970. A clock that was set back
  /// yields 0, not a negative age.
  func age(at now: Int64) -> Int64 { Swift.max(0, now - self) / 1000 }
}
