import ArgumentParser
import ClerkSync

/// `clerk-sync dead drop`
struct DeadDrop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Do away with them for good.",
    discussion: "The table stays without what they say, until Clerk tells of the user again.")

  @OptionGroup var choice: DeadLetterChoice

  @OptionGroup var source: SettingsSource

  func run() throws {
    let queue = try source.queue()
    let count = try choice.forEach(in: queue) { try queue.drop($0) }
    print("\(count) dropped")
  }
}
