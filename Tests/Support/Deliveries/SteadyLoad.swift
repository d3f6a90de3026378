import Foundation
import Synchronization

/// Clients that deliver events without a pause while something else happens. A delivery not answered with 200
/// is repeated, as Svix does.
public final class SteadyLoad: Sendable {
  private struct Tally {
    var delivered: Set<String> = []
    var failures = 0
  }

  private let tally = Mutex(Tally())
  private let isOver = Atomic(false)

  public init() {}

  /// The users whose events were answered with 200.
  public var delivered: Set<String> { tally.withLock(\.delivered) }
  /// The number of attempts with any other answer, or none.
  public var failures: Int { tally.withLock(\.failures) }

  /// Delivers from `clients` clients until `disturb` returns. `send` makes one attempt and returns whether
  /// the answer was 200. Rethrows the errors of both.
  public func run(
    clients: Int = 4, send: @escaping @Sendable (SignedDelivery) throws -> Bool,
    while disturb: @escaping @Sendable () throws -> Void
  ) throws {
    try inThreads(clients + 1) { [self] client in
      if client == clients {
        defer { isOver.store(true, ordering: .relaxed) }
        try disturb()
      } else {
        var number = 0
        while !isOver.load(ordering: .relaxed) {
          number += 1
          try deliver("user_\(client)_\(number)", send)
        }
      }
    }
  }

  private func deliver(_ user: String, _ send: (SignedDelivery) throws -> Bool) throws {
    let delivery = try SignedDelivery(Payload.user(id: user))
    for _ in 0..<100 {
      if try send(delivery) {
        tally.withLock { _ = $0.delivered.insert(user) }
        return
      }
      tally.withLock { $0.failures += 1 }
      usleep(20_000)
    }
  }
}
