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
    var isAnyLeftOut = false
    let count = try choice.forEach(in: queue) { letter in
      if letter.isWhole { return try queue.retry(letter) }
      Terminal.complain(
        "\(letter.id) never was a delivery and is left out; clerk-sync dead drop does away with it")
      isAnyLeftOut = true
      return false
    }
    print("\(count) put back into the queue")
    if isAnyLeftOut { throw ExitCode(ExitStatus.attention.rawValue) }
  }
}
