import ArgumentParser
import ClerkSync
import Foundation

/// `clerk-sync deliveries`
struct Deliveries: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List recent deliveries and their outcomes.",
    discussion: """
      Lists the newest delivery last. The time is that of the last attempt, in UTC. With --follow, the command then \
      prints new deliveries, and new attempts at failed ones, until it is interrupted with Ctrl-C.

      The exit status is 1 if no delivery matches.
      """)

  @OptionGroup var settings: SettingsOptions

  @Flag(help: "List only deliveries whose last attempt failed.")
  var failed = false

  @Option(help: "List only events of this type, such as user.created.")
  var type: String?

  @Option(help: ArgumentHelp("List only events about the user with this id.", valueName: "id"))
  var user: String?

  @Option(
    help: ArgumentHelp(
      "List only deliveries since an age ago, such as 90m, 2h or 1d, or since a UTC date, such as 2026-11-20 or "
        + "\"2026-11-20 08:30:00\".", valueName: "time"),
    transform: Timestamp.init)
  var since: Timestamp?

  @Option(
    help: ArgumentHelp("List at most this many deliveries, the newest ones. (default: 50)", valueName: "n"),
    transform: Limit.init)
  var limit = Limit(rows: 50)

  @Flag(help: "Keep running and print new deliveries as they arrive.")
  var follow = false

  @Flag(help: "Print one JSON object per line, with times in milliseconds since 1970.")
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
