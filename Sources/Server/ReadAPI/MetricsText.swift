import ClerkSync
import Queue
import Settings

/// The Prometheus text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
struct MetricsText {
  enum Kind: String {
    case counter, gauge, histogram
  }

  private(set) var text = ""

  /// Starts a metric.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// Appends one value of the current metric, or of one of a histogram's series.
  mutating func append(_ name: String, _ labels: [(name: String, value: String)] = [], _ value: some Numeric)
  {
    let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    text += "\(name)\(pairs.isEmpty ? "" : "{\(pairs)}") \(value)\n"
  }

  /// Appends a metric with a single value.
  mutating func append(_ name: String, _ kind: Kind, _ help: String, _ value: some Numeric) {
    begin(name, kind, help)
    append(name, [], value)
  }

  private static func escaped(_ value: String) -> String {
    var result = ""
    for character in value.unicodeScalars {
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}

extension MetricsText {
  /// Appends the metrics from the database, which outlive the process.
  mutating func append(
    _ totals: Totals, _ process: ProcessStatistics.Figures, sizes: (database: Int, wal: Int)
  ) {
    let deliveries = "clerk_sync_deliveries_total"
    begin(
      deliveries, .counter,
      "Finished deliveries by event type and outcome, from the ledger.")
    for count in totals.deliveries
    where ![DeliveryLedger.failed, DeliveryLedger.refused].contains(count.outcome) {
      append(deliveries, [("type", count.type ?? ""), ("outcome", count.outcome)], count.deliveries)
    }
    append(
      "clerk_sync_pending_failures", .gauge, "Deliveries that failed and have not succeeded since.",
      totals.condition.pendingFailures)
    append(
      "clerk_sync_refused", .gauge,
      "Deliveries that no retry can mend, and that no later event has made stale.", totals.condition.refused)
    if let last = process.lastDelivery(after: totals.condition) { append(lastDelivery: last) }
    append(
      "clerk_sync_users", .gauge,
      "Rows of the users table; the count of a large table may be up to a minute old.",
      totals.users)
    let objects = "clerk_sync_objects"
    begin(
      objects, .gauge,
      "Rows of the table of each kind of object; the count of a large table may be up to a minute old.")
    for count in totals.objects { append(objects, [("entity", count.entity.rawValue)], count.rows) }
    let size = "clerk_sync_database_size_bytes"
    begin(size, .gauge, "Size of the database file and of its write-ahead log.")
    append(size, [("file", "database")], sizes.database)
    append(size, [("file", "wal")], sizes.wal)
  }

  /// Appends the time of the last delivery, given in milliseconds since 1970.
  mutating func append(lastDelivery last: Int64) {
    append(
      "clerk_sync_last_delivery_timestamp_seconds", .gauge, "Time of the last attempt at a delivery.",
      Double(last) / 1000)
  }

  mutating func appendBuild() {
    let info = "clerk_sync_build_info"
    begin(info, .gauge, "Always 1; the version of the handler and of the linked SQLite.")
    append(info, [("version", Release.version), ("sqlite", UserStore.sqliteVersion)], 1)
  }

  /// Appends the state of the queue.
  mutating func append(_ queue: QueueStatistics) {
    append(
      "clerk_sync_queue_entries", .gauge, "Unfinished deliveries in the queue.", queue.entries)
    append(
      "clerk_sync_queue_lag", .gauge, "Unfinished deliveries that no worker has claimed.", queue.lag)
    append(
      "clerk_sync_queue_pending", .gauge, "Unfinished deliveries that a worker has claimed.", queue.pending)
    append(
      "clerk_sync_queue_dead_letters", .gauge, "Deliveries that the worker has given up.", queue.deadLetters)
    for (name, help, time) in [
      ("oldest", "Time at which the oldest unfinished delivery was queued.", queue.oldest),
      ("oldest_waiting", "Time at which the oldest unclaimed delivery was queued.", queue.oldestWaiting),
      ("oldest_pending", "Time at which the oldest claimed delivery was queued.", queue.oldestPending),
    ] {
      guard let time else { continue }
      append("clerk_sync_queue_\(name)_timestamp_seconds", .gauge, help, Double(time) / 1000)
    }
  }

  /// Appends the state of the consumers of the change feed.
  mutating func append(_ consumers: [ConsumerReport]) {
    for (name, help, value) in [
      ("pending", "Changes that the consumer has yet to handle.", \.pending),
      ("oldest_age_seconds", "Age of the oldest change that the consumer has yet to handle, or 0.", \.lag),
      ("failed", "Changes that the consumer has set aside after its last try.", \.failed),
    ] as [(String, String, KeyPath<ConsumerReport, Int64>)] {
      let metric = "clerk_sync_changes_\(name)"
      begin(metric, .gauge, help)
      for consumer in consumers { append(metric, [("consumer", consumer.name)], consumer[keyPath: value]) }
    }
  }

  /// Appends the last comparisons with Clerk. A kind that has never been compared has no series.
  mutating func append(_ reconciliations: [ReconciliationRecord]) {
    append(
      "clerk_sync_reconcile_last_success_timestamp_seconds",
      "Time at which the last comparison with Clerk that succeeded ended.", of: reconciliations, \.lastSuccess
    )
    append(
      "clerk_sync_drift_since_timestamp_seconds",
      "Time since which each comparison with Clerk has left differences.", of: reconciliations, \.driftSince)
    append(
      "clerk_sync_drift", "Differences from Clerk that the last comparison that succeeded left.",
      of: reconciliations, \.remaining)
    append(
      "clerk_sync_drift_found", "Differences from Clerk that the last comparison that succeeded found.",
      of: reconciliations, \.found)
  }

  private mutating func append(
    _ name: String, _ help: String, of reconciliations: [ReconciliationRecord],
    _ time: KeyPath<ReconciliationRecord, Int64?>
  ) {
    let times = reconciliations.compactMap { record in record[keyPath: time].map { (record.entity, $0) } }
    guard !times.isEmpty else { return }
    begin(name, .gauge, help)
    for (entity, time) in times { append(name, [("entity", entity.rawValue)], Double(time) / 1000) }
  }

  private mutating func append(
    _ name: String, _ help: String, of reconciliations: [ReconciliationRecord],
    _ drift: KeyPath<ReconciliationFigures, DriftCounts>
  ) {
    let results = reconciliations.compactMap { record in record.figures.map { (record.entity, $0) } }
    guard !results.isEmpty else { return }
    begin(name, .gauge, help)
    for (entity, figures) in results {
      for (kind, count) in figures[keyPath: drift].kinds {
        append(name, [("entity", entity.rawValue), ("kind", kind)], count)
      }
    }
  }

  /// Appends the requests answered by this process since `start`, in milliseconds since 1970.
  mutating func append(_ process: ProcessStatistics.Figures, start: Int64) {
    let requests = "clerk_sync_requests_total"
    begin(requests, .counter, "Deliveries that this process answered with 200, by outcome.")
    for (outcome, count) in process.outcomes.sorted(by: { $0.key < $1.key }) {
      append(requests, [("outcome", outcome)], count)
    }
    let rejections = "clerk_sync_rejections_total"
    begin(rejections, .counter, "Requests that this process refused or that failed, by reason.")
    for (reason, count) in process.rejections.sorted(by: { $0.key < $1.key }) {
      append(rejections, [("reason", reason)], count)
    }
    let durations = "clerk_sync_request_duration_seconds"
    begin(durations, .histogram, "Time that this process took to answer verified deliveries.")
    for (bound, count) in process.durations.buckets {
      append("\(durations)_bucket", [("le", "\(bound)")], count)
    }
    append("\(durations)_bucket", [("le", "+Inf")], process.durations.count)
    append("\(durations)_sum", [], process.durations.sum)
    append("\(durations)_count", [], process.durations.count)
    append(
      "process_start_time_seconds", .gauge, "Time at which this process started.", Double(start) / 1000)
  }
}
