import Synchronization
import TestSupport
import Testing

/// Clerk under load: several threads that deliver a history, and each event again until it is answered with 200.
final class Load: Sendable {
  struct Tally: Sendable {
    var answered = 0
    /// The attempts that ended without an answer.
    var unanswered = 0
    /// The attempts that were answered with something else than 200.
    var refused: [Answer] = []
    /// The outcomes that 200 told, by message id.
    var outcomes: [String: String] = [:]
    /// The messages of which an attempt had not been answered with 200.
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
  /// The first names of the users, by id, once everything has been delivered.
  var users: [String: String] { state.withLock(\.history.users) }
  var seed: Comment { "CLERK_SYNC_SEED=\(state.withLock(\.generator.seed))" }

  func random(in range: ClosedRange<UInt32>) -> UInt32 {
    state.withLock { UInt32.random(in: range, using: &$0.generator) }
  }

  /// Delivers in so many threads while `disturb` runs, and then until nothing waits any more.
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
