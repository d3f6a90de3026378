import Synchronization
import TestSupport
import Testing

/// Clerk under load: several threads deliver a history, and retry each event until it is answered with 200.
final class Load: Sendable {
  struct Tally: Sendable {
    var answered = 0
    /// The number of attempts without a response.
    var unanswered = 0
    /// The number of attempts with a status other than 200.
    var refused: [Answer] = []
    /// The outcomes in responses with 200, by message id.
    var outcomes: [String: String] = [:]
    /// The messages with at least one failed attempt.
    var repeated: Set<String> = []
  }

  private struct State {
    var generator = SeededGenerator()
    var history = History()
    var waiting: [SignedDelivery] = []
    var tally = Tally()
  }

  private let state = Mutex(State())
  private let isOver = Atomic(false)

  var tally: Tally { state.withLock(\.tally) }
  /// The expected first names by user id, after all deliveries.
  var users: [String: String] { state.withLock(\.history.users) }
  var seed: Comment { "CLERK_SYNC_SEED=\(state.withLock(\.generator.seed))" }

  func random(in range: ClosedRange<UInt32>) -> UInt32 {
    state.withLock { UInt32.random(in: range, using: &$0.generator) }
  }

  /// Delivers in this many threads while `disturb` runs, then until nothing is left.
  func run(
    clients: Int, send: @escaping @Sendable (_ client: Int, SignedDelivery) throws -> Answer?,
    while disturb: @escaping @Sendable () throws -> Void
  ) throws {
    try inThreads(clients + 1) { [self] thread in
      if thread == clients {
        defer { isOver.store(true, ordering: .relaxed) }
        try disturb()
      } else {
        while let delivery = try next() { note(try send(thread, delivery), of: delivery) }
      }
    }
  }

  private func next() throws -> SignedDelivery? {
    let isOver = isOver.load(ordering: .relaxed)
    return try state.withLock { state in
      let takesWaiting = isOver || Int.random(in: 0..<4, using: &state.generator) == 0
      if takesWaiting, let index = state.waiting.indices.randomElement(using: &state.generator) {
        return state.waiting.remove(at: index)
      }
      return isOver ? nil : try state.history.next(using: &state.generator)
    }
  }

  private func note(_ answer: Answer?, of delivery: SignedDelivery) {
    state.withLock { state in
      if let answer, answer.status == 200 {
        state.tally.answered += 1
        state.tally.outcomes[delivery.id] = answer["outcome"]
        return
      }
      if let answer { state.tally.refused.append(answer) } else { state.tally.unanswered += 1 }
      state.tally.repeated.insert(delivery.id)
      state.waiting.append(delivery)
    }
  }
}
