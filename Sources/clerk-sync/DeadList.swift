import ArgumentParser
import ClerkSync

/// `clerk-sync dead list`
struct DeadList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List them, with why they failed.",
    discussion: "The one given up first comes first. Exits with 1 when there are any.")

  @OptionGroup var source: SettingsSource

  @Flag(help: "One JSON object a line; times in milliseconds since 1970.")
  var json = false

  func run() throws {
    let queue = try source.queue()
    var table = Table([
      .init(name: "id"), .init(name: "message", isFlexible: true), .init(name: "type", isFlexible: true),
      .init(name: "tries", isNumber: true), .init(name: "given up"), .init(name: "user", isDetail: true),
      .init(name: "reason", isDetail: true),
    ])
    var hasAny = false
    try Pages.walk { letter, count in
      try queue.deadLetters(after: letter?.id, limit: count)
    } body: { letters in
      hasAny = hasAny || !letters.isEmpty
      for letter in letters {
        if json {
          try JSONLine.print(letter)
        } else {
          table.append([
            letter.id, letter.messageID, letter.type, "\(letter.tries)",
            Timestamp(milliseconds: letter.buried).age, letter.userID, letter.reason,
          ])
        }
      }
    }
    if !json { print(hasAny ? table.text() : "No dead letters.", terminator: hasAny ? "" : "\n") }
    if hasAny { throw ExitCode(ExitStatus.attention.rawValue) }
  }
}
