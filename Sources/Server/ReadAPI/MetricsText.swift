import ClerkSync
import Queue
import Settings

/// Prometheus's text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
struct MetricsText {
  enum Kind: String {
    case counter, gauge, histogram
  }

  private(set) var text = ""

  /// Begins a metric.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
  }

  /// One value of the metric that has been begun, or of one of a histogram's series.
  mutating func append(_ name: String, _ labels: [(name: String, value: String)] = [], _ value: some Numeric)
  {
    let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    text += "\(name)\(pairs.isEmpty ? "" : "{\(pairs)}") \(value)\n"
  }

  /// A metric of one value.
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
  /// What the database knows, which outlives the process.
  mutating func append(
    _ totals: Totals, _ process: ProcessStatistics.Figures, sizes: (database: Int, wal: Int)
  ) {
    let deliveries = "clerk_sync_deliveries_total"
    begin(
      deliveries, .counter,
      "Deliveries that have been dealt with, by event type and outcome, from the ledger.")
    for count in totals.deliveries where count.outcome != DeliveryLedger.failed {
      append(deliveries, [("type", count.type ?? ""), ("outcome", count.outcome)], count.deliveries)
    }
    append(
      "clerk_sync_pending_failures", .gauge, "Deliveries that failed and have not succeeded since.",
      totals.condition.pendingFailures)
    if let last = process.lastDelivery(after: totals.condition) { append(lastDelivery: last) }
    append(
      "clerk_sync_users", .gauge, "Rows of the users table; of a large one as counted up to a minute ago.",
      totals.users)
    let size = "clerk_sync_database_size_bytes"
    begin(size, .gauge, "Size of the database file and of its write-ahead log.")
    append(size, [("file", "database")], sizes.database)
    append(size, [("file", "wal")], sizes.wal)
  }

  /// When a delivery came last, in milliseconds since 1970.
  mutating func append(lastDelivery last: Int64) {
    append(
      "clerk_sync_last_delivery_timestamp_seconds", .gauge, "When the last attempt at a delivery came.",
      Double(last) / 1000)
  }

  mutating func appendBuild() {
    let info = "clerk_sync_build_info"
    begin(info, .gauge, "Always 1; the version of the handler and of the linked SQLite.")
    append(info, [("version", Release.version), ("sqlite", UserStore.sqliteVersion)], 1)
  }

  /// What lies in the queue.
  mutating func append(_ queue: QueueStatistics) {
    append(
      "clerk_sync_queue_entries", .gauge, "Deliveries in the queue that are not done.", queue.entries)
    append(
      "clerk_sync_queue_lag", .gauge, "Of these the ones that no worker has been given yet.", queue.lag)
    append(
      "clerk_sync_queue_pending", .gauge, "Of these the ones that a worker has been given.", queue.pending)
    append(
      "clerk_sync_queue_dead_letters", .gauge, "Deliveries that the worker has given up.", queue.deadLetters)
    for (name, help, time) in [
      ("oldest", "When the oldest that is not done was queued.", queue.oldest),
      ("oldest_waiting", "When the oldest that no worker has been given was queued.", queue.oldestWaiting),
      ("oldest_pending", "When the oldest that a worker has been given was queued.", queue.oldestPending),
    ] {
      guard let time else { continue }
      append("clerk_sync_queue_\(name)_timestamp_seconds", .gauge, help, Double(time) / 1000)
    }
  }

  /// What this process has answered since `start`, in milliseconds since 1970.
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
    begin(durations, .histogram, "How long this process took to answer verified deliveries.")
    for (bound, count) in process.durations.buckets {
      append("\(durations)_bucket", [("le", "\(bound)")], count)
    }
    append("\(durations)_bucket", [("le", "+Inf")], process.durations.count)
    append("\(durations)_sum", [], process.durations.sum)
    append("\(durations)_count", [], process.durations.count)
    append(
      "process_start_time_seconds", .gauge, "When this process started.", Double(start) / 1000)
  }
}
