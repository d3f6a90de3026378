import ArgumentParser
import ClerkSync
import Queue
import Redis
import Settings

/// `clerk-sync stats`
struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show counts of deliveries, users and other objects, and failures.",
    discussion: """
      Deliveries are counted as long as the ledger holds them; see CLERK_SYNC_RETENTION_DAYS. Times are in UTC.

      With CLERK_SYNC_CHANGES=on it also shows each consumer of the change feed: the changes that it has yet to handle, \
      the age of the oldest, and those that it has set aside.

      Once `clerk-sync reconcile` has run, it also shows the last comparison of each kind of objects with Clerk, and the \
      differences that the last one that succeeded has left.

      The exit status is 1 if the queue does not respond.
      """)

  @Flag(help: "Print one JSON object, with times in milliseconds since 1970.")
  var json = false

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let configuration = try settings.configuration()
    let store = UserStore(configuration)
    let (statistics, consumers) = (try store.statistics(), try store.consumers())
    let reconciliations = try store.reconciliations()
    let queue = configuration.queue.map { QueueFacts(DeliveryQueue($0)) }
    if json {
      try JSONLine.print(
        StatisticsReport(
          statistics: statistics, queue: queue, consumers: consumers, reconciliations: reconciliations))
    } else {
      show(statistics, queue)
      show(consumers)
      show(reconciliations)
    }
    if case .failure? = queue?.result { throw ExitCode(.attention) }
  }

  private func show(_ statistics: Statistics, _ queue: QueueFacts?) {
    var counts = Table([
      .init(name: "outcome", colour: DeliveryTable.colour(of:)), .init(name: "type", isFlexible: true),
      .init(name: "deliveries", isNumber: true),
    ])
    for count in statistics.deliveries { counts.append([count.outcome, count.type, "\(count.deliveries)"]) }
    if !statistics.deliveries.isEmpty { print(counts.text()) }

    let hasOthers = statistics.objects.contains { $0.entity != .user }
    if hasOthers {
      var objects = Table([
        .init(name: "objects"), .init(name: "rows", isNumber: true),
        .init(name: "tombstones", isNumber: true),
      ])
      for count in statistics.objects {
        objects.append([count.entity.plural, "\(count.rows)", "\(count.tombstones)"])
      }
      print(objects.text())
    }

    var facts = Table([.init(name: ""), .init(name: "", isFlexible: true)])
    let last = statistics.lastDelivery.map(Timestamp.init)
    facts.append(["last delivery", last.map { "\($0), \($0.age)" }])
    facts.append([
      "newest applied version", statistics.newestVersion.map { "\(Timestamp(milliseconds: $0))" },
    ])
    facts.append(["pending failures", "\(statistics.failures)"])
    facts.append(["refused", "\(statistics.refused)"])
    if !hasOthers {
      facts.append(["users", "\(statistics.users)"])
      facts.append(["tombstones", "\(statistics.tombstones)"])
    }
    facts.append(["SQLite", "\(statistics.library), journal mode \(statistics.journalMode)"])
    for row in queue?.rows ?? [] { facts.append(row) }
    print(facts.text(hasHead: false), terminator: "")
  }

  private func show(_ consumers: [ChangeConsumer]) {
    if consumers.isEmpty { return }
    var lags = Table([
      .init(name: "consumer", isFlexible: true), .init(name: "pending", isNumber: true),
      .init(name: "oldest"), .init(name: "failed", isNumber: true), .init(name: "last handled"),
    ])
    for consumer in consumers {
      lags.append([
        consumer.name, "\(consumer.pending)", consumer.oldestPending.map { Timestamp(milliseconds: $0).age },
        "\(consumer.failed)", consumer.lastHandled.map { "\(Timestamp(milliseconds: $0))" },
      ])
    }
    print("\n\(lags.text())", terminator: "")
  }

  private func show(_ reconciliations: [ReconciliationRecord]) {
    if reconciliations.isEmpty { return }
    var table = Table([
      .init(name: "compared"), .init(name: "last run"),
      .init(name: "result", colour: { $0 == "failed" ? .red : nil }), .init(name: "last success"),
      .init(name: "missing", isNumber: true), .init(name: "different", isNumber: true),
      .init(name: "extra", isNumber: true), .init(name: "drift since"),
    ])
    for record in reconciliations {
      let drift = record.figures?.remaining.kinds.map { "\($0.count)" } ?? [nil, nil, nil]
      table.append(
        [
          record.entity.plural, "\(Timestamp(milliseconds: record.started))", record.result,
          record.lastSuccess.map { Timestamp(milliseconds: $0).age },
        ] + drift + [record.driftSince.map { "\(Timestamp(milliseconds: $0))" }])
    }
    print("\n\(table.text())", terminator: "")
  }
}

extension ReconciliationRecord {
  /// The end of the last run, in a word or two.
  fileprivate var result: String {
    if ended == nil { return "unfinished" }
    if !succeeded { return "failed" }
    return applied ? "repaired" : "compared"
  }
}

/// The JSON output of `clerk-sync stats`: the statistics of the database and, if one is configured, of the `queue`; and
/// under `changes` the consumers of the change feed and under `reconciliations` the last comparisons with Clerk, if it has
/// any.
struct StatisticsReport: Encodable {
  private enum CodingKeys: CodingKey {
    case queue, changes, reconciliations
  }

  let statistics: Statistics
  let queue: QueueFacts?
  let consumers: [ChangeConsumer]
  let reconciliations: [ReconciliationRecord]

  func encode(to encoder: any Encoder) throws {
    try statistics.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(queue, forKey: .queue)
    if !consumers.isEmpty { try container.encode(consumers, forKey: .changes) }
    if !reconciliations.isEmpty { try container.encode(reconciliations, forKey: .reconciliations) }
  }
}

/// The statistics of the queue, or the error that prevented reading them.
struct QueueFacts: Encodable {
  private enum CodingKeys: CodingKey {
    case error
  }

  let result: Result<QueueStatistics, RedisError>

  init(_ queue: DeliveryQueue) {
    result = Result { () throws(RedisError) in try queue.statistics() }
  }

  func encode(to encoder: any Encoder) throws {
    switch result {
    case .success(let statistics): try statistics.encode(to: encoder)
    case .failure(let error):
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(error.reason, forKey: .error)
    }
  }

  /// The table rows: a name and a value.
  var rows: [[String?]] {
    switch result {
    case .success(let queue):
      [
        ["queue", "\(queue.entries) entries, \(queue.pending) of them claimed by a worker"],
        ["oldest entry", queue.oldest.map(Self.time)],
        ["oldest claimed entry", queue.oldestPending.map(Self.time)],
        ["dead letters", "\(queue.deadLetters)"],
      ]
    case .failure(let error): [["queue", error.reason]]
    }
  }

  private static func time(_ milliseconds: Int64) -> String {
    let time = Timestamp(milliseconds: milliseconds)
    return "\(time), \(time.age)"
  }
}
