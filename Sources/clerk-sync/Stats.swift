import ArgumentParser
import ClerkSync

/// `clerk-sync stats`
struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Count deliveries, users and failures.",
    discussion:
      "Deliveries are those that the ledger still holds; times are in UTC. Exits with 1 when the queue does not answer."
  )

  @OptionGroup var settings: Settings

  @Flag(help: "One JSON object; times in milliseconds since 1970.")
  var json = false

  func run() throws {
    let configuration = try settings.configuration()
    let statistics = try UserStore(configuration).statistics()
    let queue = configuration.queue.map { QueueFacts(DeliveryQueue($0)) }
    if json {
      try JSONLine.print(StatisticsReport(statistics: statistics, queue: queue))
    } else {
      show(statistics, queue)
    }
    if case .failure? = queue?.result { throw ExitCode(ExitStatus.attention.rawValue) }
  }

  private func show(_ statistics: Statistics, _ queue: QueueFacts?) {
    var counts = Table([
      .init(name: "outcome", colour: DeliveryTable.colour(of:)), .init(name: "type", isFlexible: true),
      .init(name: "deliveries", isNumber: true),
    ])
    for count in statistics.deliveries { counts.append([count.outcome, count.type, "\(count.deliveries)"]) }
    if !statistics.deliveries.isEmpty { print(counts.text()) }

    var facts = Table([.init(name: ""), .init(name: "", isFlexible: true)])
    let last = statistics.lastDelivery.map(Timestamp.init)
    facts.append(["last delivery", last.map { "\($0), \($0.age)" }])
    facts.append([
      "newest applied version", statistics.newestVersion.map { "\(Timestamp(milliseconds: $0))" },
    ])
    facts.append(["pending failures", "\(statistics.failures)"])
    facts.append(["users", "\(statistics.users)"])
    facts.append(["tombstones", "\(statistics.tombstones)"])
    facts.append(["SQLite", "\(statistics.library), journal mode \(statistics.journalMode)"])
    for row in queue?.rows ?? [] { facts.append(row) }
    print(facts.text(hasHead: false), terminator: "")
  }
}
