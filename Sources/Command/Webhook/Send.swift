import ArgumentParser
import ClerkSync
import Foundation

/// `clerk-sync send`
struct Send: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign an event and send it to an endpoint, as Svix does.",
    discussion: """
      Signs with the first configured secret. user.created, user.updated and user.deleted send the example event of \
      the Clerk dashboard, about a new user unless options describe another one. Any other argument is the path of a \
      file, whose bytes are sent unchanged.

      The exit status is 0 if the endpoint answers with a 2xx status, and 2 otherwise.
      """)

  @Argument(help: "user.created, user.updated, user.deleted, or the path of a file; - is standard input.")
  var event: String

  @Option(help: "URL of the endpoint. (default: \(URL.development))", transform: URL.web)
  var url: URL?

  @OptionGroup(title: "User of an example event") var person: SampleEvent.Person

  @Option(help: "Message id. (default: a random one)", transform: SvixHeaders.messageID)
  var id: String?

  @OptionGroup var source: SettingsSource

  private var kind: SampleEvent.Kind? { SampleEvent.Kind(rawValue: event) }

  func validate() throws {
    let hasDetails = person.details.contains { $0 != nil }
    if kind == nil, hasDetails || person.user != nil {
      throw ValidationError("a file is sent unchanged: expected no option that describes the user")
    }
    if kind == .deleted, hasDetails {
      throw ValidationError("user.deleted contains only the user's id: expected no option but --user")
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
