import ArgumentParser
import Foundation
import Queue

/// `clerk-sync dead`
struct Dead: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, retry or drop dead letters.",
    discussion: """
      A dead letter is a queued delivery that the worker could not apply, even after the last retry.
      """,
    subcommands: [DeadList.self, DeadShow.self, DeadRetry.self, DeadDrop.self])
}

/// `clerk-sync dead list`
struct DeadList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List dead letters and why they failed.",
    discussion: """
      Lists the oldest dead letter first.

      The exit status is 1 if there are dead letters.
      """)

  @OptionGroup var source: SettingsSource

  @Flag(help: "Print one JSON object per line, with times in milliseconds since 1970.")
  var json = false

  func run() throws {
    let queue = try source.queue()
    var list = Listing<DeadLetter>(
      [
        .init(name: "id"), .init(name: "message", isFlexible: true), .init(name: "type", isFlexible: true),
        .init(name: "attempts", isNumber: true), .init(name: "given up"), .init(name: "user", isDetail: true),
        .init(name: "reason", isDetail: true),
      ], asJSON: json)
    try Pages.walk { letter, count in
      try queue.deadLetters(after: letter?.id, limit: count)
    } body: { letters in
      try list.append(letters) { letter in
        [
          letter.id, letter.messageID, letter.type, "\(letter.tries)",
          Timestamp(milliseconds: letter.buried).age, letter.userID, letter.reason,
        ]
      }
    }
    list.finish(ifEmpty: "No dead letters.")
    if !list.isEmpty { throw ExitCode(.attention) }
  }
}

/// `clerk-sync dead show`
struct DeadShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a dead letter.")

  @Argument(help: "The id of the dead letter, as listed by `clerk-sync dead list`.")
  var id: String

  @Flag(help: "Print only the body, byte for byte. It contains the user's personal data.")
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
    facts.append(["given up", "\(Timestamp(milliseconds: letter.buried)), after \(letter.tries) attempts"])
    facts.append(["body", "\(letter.body.count) bytes"])
    print(facts.text(hasHead: false), terminator: "")
    if let reason = letter.reason { print(reason.singleLine.wrapped(indentation: "  ", first: "  ")) }
  }
}

/// `clerk-sync dead retry`
struct DeadRetry: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Return dead letters to the queue.",
    discussion: "The worker tries them again, with the full number of attempts.")

  @OptionGroup var choice: DeadLetterChoice

  @OptionGroup var source: SettingsSource

  func run() throws {
    let queue = try source.queue()
    var wasAnySkipped = false
    let count = try choice.forEach(in: queue) { letter in
      if letter.isWhole { return try queue.retry(letter) }
      Terminal.complain(
        "\(letter.id) is not a delivery and was skipped; remove it with `clerk-sync dead drop \(letter.id)`")
      wasAnySkipped = true
      return false
    }
    print("\(count) returned to the queue")
    if wasAnySkipped { throw ExitCode(.attention) }
  }
}

/// `clerk-sync dead drop`
struct DeadDrop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Delete dead letters permanently.",
    discussion: """
      The users table stays without their changes until Clerk sends another event about the user. To compare the \
      table with Clerk, run `clerk-sync reconcile`.
      """)

  @OptionGroup var choice: DeadLetterChoice

  @OptionGroup var source: SettingsSource

  func run() throws {
    let queue = try source.queue()
    let count = try choice.forEach(in: queue) { try queue.drop($0) }
    print("\(count) dropped")
  }
}

/// The dead letters that a command processes.
struct DeadLetterChoice: ParsableArguments {
  @Argument(help: "The ids of the dead letters, as listed by `clerk-sync dead list`.")
  var ids: [String] = []

  @Flag(help: "Process all dead letters that exist now.")
  var all = false

  func validate() throws {
    guard ids.isEmpty == all else { throw ValidationError("expected either ids or --all") }
  }

  /// Calls `body` for each chosen dead letter, and returns how often it returned true.
  ///
  /// Throws before the first call if one of the ids does not exist.
  func forEach(in queue: DeliveryQueue, _ body: (DeadLetter) throws -> Bool) throws -> Int {
    guard all else {
      return try ids.map { try queue.deadLetter(withID: $0) }.count(where: body)
    }
    // List the ids first: a letter that fails again during the loop gets a new id, and must not be processed twice.
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
  /// Returns the dead letter with the id given as an argument. Throws a ``CommandFailure`` if there is none.
  func deadLetter(withID id: String) throws -> DeadLetter {
    let parts = id.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ UInt64($0) != nil }), let letter = try deadLetter(id) else {
      throw CommandFailure(
        "no dead letter has the id \(id.singleLine): see `clerk-sync dead list`", status: .attention)
    }
    return letter
  }
}
