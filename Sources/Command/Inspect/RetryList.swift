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

  @OptionGroup var settings: SettingsOptions

  @Flag(help: "Print one JSON object per line, with times in milliseconds since 1970.")
  var json = false

  func run() throws {
    let store = UserStore(try settings.configuration())
    var table = Table([
      .init(name: "message", isFlexible: true), .init(name: "type", isFlexible: true),
      .init(name: "attempts", isNumber: true), .init(name: "last seen"), .init(name: "user", isDetail: true),
      .init(name: "cause", isDetail: true),
    ])
    var hasAny = false
    try Pages.walk { delivery, count in
      try store.deliveries(.failed, after: delivery?.position ?? 0, limit: count)
    } body: { deliveries in
      hasAny = hasAny || !deliveries.isEmpty
      for delivery in deliveries {
        if json {
          try JSONLine.print(delivery)
        } else {
          let time = Timestamp(milliseconds: delivery.lastSeen)
          table.append([
            delivery.id, delivery.type, "\(delivery.attempts)", "\(time)", delivery.userID, delivery.error,
          ])
        }
      }
    }
    if !json {
      print(hasAny ? table.text() : "No failed deliveries.")
      if hasAny {
        print("To replay: Clerk dashboard > Webhooks > the endpoint > the message id > Replay.")
      }
    }
    if hasAny { throw ExitCode(ExitStatus.attention.rawValue) }
  }
}
