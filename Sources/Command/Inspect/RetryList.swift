import ArgumentParser
import ClerkSync

/// `clerk-sync retry-list`
struct RetryList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry-list",
    abstract: "List failed deliveries, with the message ids to replay.",
    discussion: """
      Lists the deliveries whose last attempt failed, the oldest first. Times are in UTC. To replay one, open the \
      endpoint in the Clerk dashboard, under Webhooks, and look up the message id.

      The exit status is 1 if there are failed deliveries.
      """)

  @Flag(help: "Print one JSON object per line, with times in milliseconds since 1970.")
  var json = false

  @OptionGroup var settings: SettingsOptions

  func run() throws {
    let store = UserStore(try settings.configuration())
    var list = Listing<DeliveryRecord>(
      [
        .init(name: "message", isFlexible: true), .init(name: "type", isFlexible: true),
        .init(name: "attempts", isNumber: true), .init(name: "last seen"),
        .init(name: "user", isDetail: true),
        .init(name: "cause", isDetail: true),
      ], asJSON: json)
    try Pages.walk { delivery, count in
      try store.deliveries(.failed, after: delivery?.position ?? 0, limit: count)
    } body: { deliveries in
      try list.append(deliveries) { delivery in
        [
          delivery.id, delivery.type, "\(delivery.attempts)", "\(Timestamp(milliseconds: delivery.lastSeen))",
          delivery.objectID, delivery.error,
        ]
      }
    }
    list.finish(ifEmpty: "No failed deliveries.")
    if list.isEmpty { return }
    if !json { print("\nTo replay: Clerk dashboard > Webhooks > the endpoint > the message id > Replay.") }
    throw ExitCode(.attention)
  }
}
