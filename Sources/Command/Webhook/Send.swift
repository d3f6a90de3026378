import ArgumentParser
import ClerkSync
import Foundation
import Settings

/// `clerk-sync send`
struct Send: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign an event and send it to an endpoint, as Svix does.",
    discussion: """
      Signs with the first configured secret. The name of an event sends an example of it, about new objects unless \
      options describe others. Any other argument is the path of a file, whose bytes are sent unchanged.

      The names are \(SampleEvent.Kind.names).

      The exit status is 0 if the endpoint answers with a 2xx status, and 2 otherwise.
      """)

  @Argument(help: "An event such as user.created, or the path of a file; - is standard input.")
  var event: String

  @Option(help: "URL of the endpoint. (default: \(URL.development))", transform: URL.web)
  var url: URL?

  @OptionGroup(title: "Objects of an example event") var details: SampleEvent.Details

  @Option(help: "Message id. (default: a random one)", transform: SvixHeaders.messageID)
  var id: String?

  @OptionGroup var source: SettingsSource

  private var kind: SampleEvent.Kind? { SampleEvent.Kind(rawValue: event) }

  func validate() throws {
    guard let kind else {
      if details.given.isEmpty { return }
      throw ValidationError("a file is sent unchanged: expected no option that describes an object")
    }
    if let other = details.given.first(where: { !kind.options.contains($0) }) {
      let expected = kind.options.sorted().joined(separator: ", ")
      throw ValidationError("\(kind.rawValue) does not contain \(other): expected none but \(expected)")
    }
  }

  func run() async throws {
    let (secrets, instance) = (try source.secrets(), try source.configuration().instance)
    let sample = try kind.map {
      try SampleEvent($0, details, instance: instance, now: WallClock.system.now())
    }
    let body =
      try sample?.body
      ?? InputFile.bytes(at: event, expected: "an event such as user.created, or a file")
    let url = try url ?? URL.web(URL.development)
    let headers = try SvixHeaders(signing: body, id: id, secret: secrets[0])
    let answer = try await HTTPExchange(
      "POST", url, headers: [("content-type", "application/json")] + headers.fields, body: body)

    let objects = sample?.objects.map { ($0.kind, $0.id.singleLine) } ?? []
    let facts =
      [("svix-id", headers.id)] + objects + [("status", "\(answer.status)"), ("answer", answer.excerpt)]
    let width = facts.map(\.0.count).max() ?? 0
    for (name, text) in facts {
      print("\(name.padding(toLength: width, withPad: " ", startingAt: 0))  \(text)")
    }
    guard (200...299).contains(answer.status) else {
      throw CommandFailure("\(url.shown) answered \(answer.status): \(answer.advice)")
    }
  }
}
