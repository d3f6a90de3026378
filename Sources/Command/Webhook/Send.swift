import ArgumentParser
import ClerkSync
import Foundation

/// `clerk-sync send`
struct Send: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign an event with the configured secret, and post it as Svix does.",
    discussion: """
      user.created, user.updated and user.deleted are the examples of Clerk's dashboard, about a new user unless the \
      options tell of another. Anything else names a file, whose bytes are sent unchanged.
      """)

  @Argument(help: "user.created, user.updated, user.deleted, or a file; - is standard input.")
  var event: String

  @Option(help: "The endpoint. (default: \(URL.development))", transform: URL.web)
  var url: URL?

  @OptionGroup(title: "About the user of an example") var person: SampleEvent.Person

  @Option(help: "The message's id. (default: a new one)", transform: SvixHeaders.messageID)
  var id: String?

  @OptionGroup var source: SettingsSource

  private var kind: SampleEvent.Kind? { SampleEvent.Kind(rawValue: event) }

  func validate() throws {
    let hasDetails = person.details.contains { $0 != nil }
    if kind == nil, hasDetails || person.user != nil {
      throw ValidationError("a file is sent unchanged: expected no option about the user beside it")
    }
    if kind == .deleted, hasDetails {
      throw ValidationError("user.deleted tells the user's id only: expected no option but --user beside it")
    }
  }

  func run() async throws {
    let secrets = try source.secrets()
    let sample = try kind.map { try SampleEvent($0, person, now: WallClock.system.now()) }
    let body =
      try sample?.body
      ?? InputFile.bytes(at: event, expected: "user.created, user.updated, user.deleted, or a file")
    let url = try url ?? URL.web(URL.development)
    let headers = try SvixHeaders(signing: body, id: id, secret: secrets[0])
    let answer = try await HTTPExchange(
      "POST", url, headers: [("content-type", "application/json")] + headers.fields, body: body)

    print("svix-id  \(headers.id)")
    if let sample { print("user     \(sample.userID.singleLine)") }
    print("status   \(answer.status)")
    print("answer   \(answer.excerpt)")
    guard (200...299).contains(answer.status) else {
      throw CommandFailure("\(url.shown) answered \(answer.status): \(answer.advice)")
    }
  }
}
