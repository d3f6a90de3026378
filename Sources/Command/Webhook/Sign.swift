import ArgumentParser

/// `clerk-sync sign`
struct Sign: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign a file and print the svix headers.",
    discussion: """
      Signs the bytes of the file with the first configured secret. curl reads the headers from standard input:

        clerk-sync sign event.json |
          curl -H @- --data-binary @event.json https://app.example.org/api/webhooks

      Use --data-binary rather than -d, which removes line breaks and so invalidates the signature.
      """)

  @Argument(help: "The file with the body; - is standard input.")
  var file: String

  @Option(help: "Message id. (default: a random one)", transform: SvixHeaders.messageID)
  var id: String?

  @Option(
    help: ArgumentHelp(
      "Time of signing, in seconds since 1970. The handler accepts a difference of up to CLERK_SYNC_TOLERANCE, by "
        + "default 300 s. (default: now)",
      valueName: "seconds"),
    transform: Sign.timestamp)
  var timestamp: Int64?

  @OptionGroup var source: SettingsSource

  func run() throws {
    let secrets = try source.secrets()
    let body = try InputFile.bytes(at: file, expected: "the file with the body to sign")
    let headers = try SvixHeaders(signing: body, id: id, timestamp: timestamp, secret: secrets[0])
    for (name, value) in headers.fields { print("\(name): \(value)") }
  }

  @Sendable private static func timestamp(_ text: String) throws -> Int64 {
    guard let seconds = Int64(text), seconds > 0, "\(seconds)" == text else {
      throw ValidationError("expected whole seconds since 1970, such as 1767225600")
    }
    return seconds
  }
}
