import Synchronization

/// Delivers as Svix does: at least once, in no particular order, through two endpoints, and again after a
/// failure.
public struct SvixSender: Sendable {
  private struct Attempt<Message: Sendable>: Sendable {
    let message: Message
    /// The attempt, or its answer, may get lost.
    let isLost: Bool
    let isAnswered: Bool
  }

  private final class Round<Message: Sendable>: Sendable {
    let next = Atomic(0)
    let unanswered = Mutex<[Message]>([])
  }

  private var random: SplitMix64

  public init(using generator: inout SplitMix64) {
    random = SplitMix64(seed: generator.next())
  }

  /// Sends until every message has been acknowledged through every endpoint. Returns the messages that have
  /// not been after `rounds` rounds.
  ///
  /// `send` makes one attempt on one of `threads` threads and returns whether it succeeded.
  public mutating func deliver<Message: Sendable>(
    _ messages: [Message], threads: Int, rounds: Int = 60,
    _ send: @escaping @Sendable (Message) throws -> Bool
  ) throws -> [Message] {
    var due = messages.flatMap { Array(repeating: $0, count: random.happens(30) ? 2 : 1) }
    for _ in 0..<rounds where !due.isEmpty {
      let attempts = delayed(due).map {
        Attempt(message: $0, isLost: random.happens(5), isAnswered: !random.happens(5))
      }
      let round = Round<Message>()
      try inThreads(threads) { _ in
        while true {
          let index = round.next.add(1, ordering: .relaxed).oldValue
          guard index < attempts.count else { return }
          let attempt = attempts[index]
          if try attempt.isLost || !send(attempt.message) || !attempt.isAnswered {
            round.unanswered.withLock { $0.append(attempt.message) }
          }
        }
      }
      due = round.unanswered.withLock(\.self)
    }
    return due
  }

  /// Reorders the messages: most are overtaken by a few others, some by many.
  private mutating func delayed<Message>(_ messages: [Message]) -> [Message] {
    let ranges = [0...0, 0...4, 0...4, 0...30, 0...messages.count]
    return messages.enumerated().map { index, message in
      (time: index + Int.random(in: ranges.randomElement(using: &random) ?? 0...0, using: &random), message)
    }.sorted { $0.time < $1.time }.map(\.1)
  }
}
