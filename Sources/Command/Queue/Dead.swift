import ArgumentParser
import Foundation
import Queue

/// `clerk-sync dead`
struct Dead: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look after the deliveries that the worker has given up.",
    subcommands: [DeadList.self, DeadShow.self, DeadRetry.self, DeadDrop.self])
}

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

/// `clerk-sync dead show`
struct DeadShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one of them, or what Clerk sent.")

  @Argument(help: "The id that the list gives it.")
  var id: String

  @Flag(help: "Write the body alone, byte for byte; it holds the user's personal data.")
  var body = false

  @OptionGroup var source: SettingsSource

  func run() throws {
    let letter = try source.queue().deadLetter(withID: id)
    if body { return FileHandle.standardOutput.write(Data(letter.body)) }

    var facts = Table([.init(name: ""), .init(name: "", isFlexible: true)])
    facts.append(["id", letter.id])
    facts.append(["message", letter.messageID])
    facts.append(["type", letter.type])
    facts.append(["user", letter.userID])
    facts.append(["queued", "\(Timestamp(milliseconds: letter.queued))"])
    facts.append(["given up", "\(Timestamp(milliseconds: letter.buried)), after \(letter.tries) tries"])
    facts.append(["body", "\(letter.body.count) bytes"])
    print(facts.text(hasHead: false), terminator: "")
    if let reason = letter.reason { print(reason.singleLine.wrapped(indentation: "  ", first: "  ")) }
  }
}
