public import ArgumentParser
public import ClerkSync

/// `clerk-sync changes`
struct Changes: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the change feed, or pass each change on to a command or a URL.",
    discussion: """
      With CLERK_SYNC_CHANGES=on, each row that clerk-sync creates, updates or deletes adds a change to the feed. \
      Without a subcommand, `clerk-sync changes` is `clerk-sync changes read`.
      """,
    subcommands: [
      ChangesRead.self, ChangesConsumers.self, ChangesFailed.self, ChangesRetry.self, ChangesDrop.self,
      ChangesForget.self,
    ],
    defaultSubcommand: ChangesRead.self)
}

/// The name of a consumer, given as an argument. It is part of the name of a file.
struct ConsumerName {
  let text: String

  init(_ text: String) throws(ValidationError) {
    guard (1...64).contains(text.utf8.count),
      text.utf8.allSatisfy({ byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      })
    else { throw ValidationError("expected a name of 1 to 64 letters, digits, hyphens and underscores") }
    self.text = text
  }
}

extension ChangeSource: ExpressibleByArgument {}
extension UserStore.ChangeStart: ExpressibleByArgument {}
