import ArgumentParser
import ClerkSync
import Foundation

/// `clerk-sync deliveries`
struct Deliveries: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what became of the last deliveries.",
    discussion: """
      The newest comes last; times are in UTC and those of the last attempt. Exits with 1 when there are none. With \
      --follow it goes on until Ctrl-C and shows what arrives, and what had failed and is tried again.
      """)

  @OptionGroup var settings: SettingsOptions

  @Flag(help: "Those that failed and have not succeeded since.")
  var failed = false

  @Option(help: "Events of this type, such as user.created.")
  var type: String?

  @Option(help: ArgumentHelp("Events about the user with this id.", valueName: "id"))
  var user: String?

  @Option(
    help: ArgumentHelp(
      "Those of the last 90m, 2h, 1d and so on, or since a date such as 2026-11-20.", valueName: "time"),
    transform: Timestamp.init)
  var since: Timestamp?

  @Option(help: "At most so many, the last ones. (default: 50)", transform: Limit.init)
  var limit = Limit(rows: 50)

  @Flag(help: "Go on with those that come.")
  var follow = false

  @Flag(help: "One JSON object a line; times in milliseconds since 1970.")
  var json = false

  func run() async throws {
    let store = UserStore(try settings.configuration())
    var filter = failed ? DeliveryFilter.failed : DeliveryFilter()
    (filter.type, filter.userID, filter.since) = (type, user, since?.milliseconds)
    // Begun first, so that nothing that comes while the last ones are read is missed.
    let follower = follow ? try DeliveryFollower(store, filter) : nil
    var last: [DeliveryRecord] = []
    try Pages.walk(limit: limit.rows) { delivery, count in
      try store.deliveries(filter, before: delivery?.position ?? follower?.nextPosition, limit: count)
    } body: { page in
      last += page
    }
    guard follow || !last.isEmpty else {
      throw CommandFailure("no such delivery", status: .attention)
    }
    try show(last.reversed(), hasHead: true)
    if let follower { try await go(on: follower) }
  }

  private func show(_ deliveries: [DeliveryRecord], hasHead: Bool) throws {
    if json {
      for delivery in deliveries { try JSONLine.print(delivery) }
    } else {
      print(DeliveryTable.text(deliveries, hasHead: hasHead), terminator: "")
    }
  }

  private func go(on follower: consuming DeliveryFollower) async throws {
    let start = follower
    do {
      try await Interruption.cancelling {
        var follower = start
        while Terminal.flush() {
          try await Task.sleep(for: .milliseconds(500))
          try show(follower.next(), hasHead: false)
        }
      }
    } catch is CancellationError {
      // Ctrl-C is the way to end it.
    }
  }
}

/// What arrives in the ledger from its making on, and what changes there.
///
/// It has a connection for each look: so it sees a database that takes the place of another, and in between neither
/// holds a WAL back nor stands in the way of a change of the journal mode.
struct DeliveryFollower {
  private let store: UserStore
  private let filter: DeliveryFilter
  private var position: Int64
  /// The attempts at each delivery that has failed, by position: only those can change.
  private var failed: [Int64: Int] = [:]

  /// Begins after what the ledger holds now. Throws ``StoreError``.
  init(_ store: UserStore, _ filter: DeliveryFilter) throws {
    self.store = store
    self.filter = filter
    position = try store.newestPosition()
    var failures = filter
    (failures.outcome, failures.since) = (DeliveryFilter.failed.outcome, nil)
    try Pages.walk { delivery, count in
      try store.deliveries(failures, after: delivery?.position ?? 0, limit: count)
    } body: { page in
      watch(page)
    }
  }

  /// Where what has not been told of begins.
  var nextPosition: Int64 { position + 1 }

  /// What has come or changed since the last call, the oldest first. Throws ``StoreError``.
  mutating func next() throws -> [DeliveryRecord] {
    let newest = try store.newestPosition()
    // The ledger has been emptied, and its positions begin anew.
    if newest < position { (position, failed) = (0, [:]) }

    let before = failed
    let watched = try store.deliveries(at: failed.keys.sorted())
    failed = [:]
    watch(watched)
    var news = watched.filter { delivery in
      before[delivery.position] != delivery.attempts
        && (filter.outcome == nil || filter.outcome == delivery.outcome)
    }
    try Pages.walk { delivery, count in
      try store.deliveries(filter, after: delivery?.position ?? position, limit: count)
    } body: { page in
      watch(page)
      news += page
    }
    position = max(newest, news.last?.position ?? 0)
    return news
  }

  private mutating func watch(_ deliveries: [DeliveryRecord]) {
    for delivery in deliveries where delivery.isFailed { failed[delivery.position] = delivery.attempts }
  }
}
