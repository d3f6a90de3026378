import ArgumentParser
import ClerkSync

/// `clerk-sync dead retry`
struct DeadRetry: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Put them back into the queue, with all their tries before them.")

  @OptionGroup var choice: DeadLetterChoice

  @OptionGroup var source: SettingsSource

  func run() throws {
    let queue = try source.queue()
    let count = try choice.forEach(in: queue) { try queue.retry($0) }
    print("\(count) put back into the queue")
  }
}
