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

/// Which dead letters something is to be done with.
struct DeadLetterChoice: ParsableArguments {
  @Argument(help: "The ids that the list gives them.")
  var ids: [String] = []

  @Flag(help: "All that there are now.")
  var all = false

  func validate() throws {
    guard ids.isEmpty == all else { throw ValidationError("expected either ids or --all") }
  }

  /// Does it with each of them, and returns for how many that was so, as `body` says. With one of the ids not there, it
  /// is done with none.
  func forEach(in queue: DeliveryQueue, _ body: (DeadLetter) throws -> Bool) throws -> Int {
    guard all else {
      return try ids.map { try queue.deadLetter(withID: $0) }.count(where: body)
    }
    // What is given up meanwhile, or again, is left for the next time.
    var count = 0
    for id in try allIDs(in: queue) {
      if let letter = try queue.deadLetter(id), try body(letter) { count += 1 }
    }
    return count
  }

  private func allIDs(in queue: DeliveryQueue) throws -> [String] {
    var ids: [String] = []
    try Pages.walk { letter, count in
      try queue.deadLetters(after: letter?.id, limit: count)
    } body: { letters in
      ids += letters.map(\.id)
    }
    return ids
  }
}

extension DeliveryQueue {
  /// The dead letter that an argument names.
  func deadLetter(withID id: String) throws -> DeadLetter {
    let parts = id.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ UInt64($0) != nil }), let letter = try deadLetter(id) else {
      throw CommandFailure(
        "no dead letter has the id \(id.singleLine); clerk-sync dead list shows them", status: .attention)
    }
    return letter
  }
}
