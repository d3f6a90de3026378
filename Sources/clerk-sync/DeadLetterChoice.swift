import ArgumentParser
import ClerkSync

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
