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

  @OptionGroup var settings: Settings

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
