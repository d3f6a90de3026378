import ArgumentParser
import ClerkSync
import Foundation

/// `clerk-sync deliveries`
struct Deliveries: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List recent deliveries and their outcomes.",
    discussion: """
      Lists the newest delivery last. The time is that of the last attempt, in UTC. With --follow, the command then \
      prints new deliveries, and new attempts at failed or refused ones, until it is interrupted with Ctrl-C.

      A refused delivery is one that no retry can mend, such as an event about a user without an e-mail address. It \
      needs no attention, and becomes stale with the next event about the same user that is applied.

      The exit status is 1 if no delivery matches.
      """)

  @Flag(help: "List only deliveries whose last attempt failed.")
  var failed = false

  @Flag(help: "List only deliveries that were refused because no retry can mend them.")
  var refused = false

  @Option(help: "List only events of this type, such as user.created.")
  var type: String?

  @Option(help: ArgumentHelp("List only events about the user with this id.", valueName: "id"))
  var user: String?

  @Option(
    help: ArgumentHelp(
      "List only deliveries of the last 90m, 2h, 1d etc., or since a UTC time such as 2026-11-20 or "
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

  @OptionGroup var settings: SettingsOptions

  func validate() throws {
    if failed && refused {
      throw ValidationError("--failed and --refused exclude each other: a delivery has one outcome")
    }
  }

  func run() async throws {
    let store = UserStore(try settings.configuration())
    var filter = failed ? DeliveryFilter.failed : refused ? .refused : DeliveryFilter()
    (filter.type, filter.objectID, filter.since) = (type, user, since?.milliseconds)
    // Start following before reading the list, or a delivery that arrives in between would be missed.
    let follower = follow ? try DeliveryFollower(store, filter) : nil
    var last: [DeliveryRecord] = []
    try Pages.walk(limit: limit.rows) { delivery, count in
      try store.deliveries(filter, before: delivery?.position ?? follower?.nextPosition, limit: count)
    } body: { page in
      last += page
    }
    guard follow || !last.isEmpty else {
      throw CommandFailure("no delivery found", status: .attention)
    }
    try show(last.reversed(), hasHead: true)
    if let follower { try await printNew(from: follower) }
  }

  private func show(_ deliveries: [DeliveryRecord], hasHead: Bool) throws {
    if json {
      for delivery in deliveries { try JSONLine.print(delivery) }
    } else {
      print(DeliveryTable.text(deliveries, hasHead: hasHead), terminator: "")
    }
  }

  private func printNew(from follower: consuming DeliveryFollower) async throws {
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
      // Ctrl-C ends the command successfully.
    }
  }
}

/// Follows the ledger: returns deliveries that were added or attempted again since the last call.
///
/// Each poll opens its own connection. It thereby notices when the database file is replaced, and between polls it
/// neither blocks a WAL checkpoint nor a change of the journal mode.
struct DeliveryFollower {
  private let store: UserStore
  private let filter: DeliveryFilter
  private var position: Int64
  /// The number of attempts at each failed or refused delivery, by position. No other delivery can be attempted again.
  private var attempts: [Int64: Int] = [:]
  /// How many of the refused deliveries are watched that were there at the start. There can be very many, and they are
  /// rarely attempted again.
  private static let refusedAtStart = 1000

  /// Starts after the deliveries that the ledger contains now. Throws ``StoreError``.
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
    var refusals = failures
    refusals.outcome = DeliveryFilter.refused.outcome
    watch(try store.deliveries(refusals, limit: Self.refusedAtStart))
  }

  /// The first position that has not been returned yet.
  var nextPosition: Int64 { position + 1 }

  /// Returns the deliveries added or changed since the last call, the oldest first. Throws ``StoreError``.
  mutating func next() throws -> [DeliveryRecord] {
    let newest = try store.newestPosition()
    // The ledger was emptied, and its positions start over.
    if newest < position { (position, attempts) = (0, [:]) }

    let before = attempts
    let watched = try store.deliveries(at: attempts.keys.sorted())
    attempts = [:]
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
    for delivery in deliveries where !delivery.isSettled { attempts[delivery.position] = delivery.attempts }
  }
}
