import ArgumentParser
import Queue

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
