import TestSupport
import Testing

@testable import ClerkSync

@Suite struct OrderTests {
  private static let old = User.ada(email: "old@example.org")
  private static let new = User.ada(email: "new@example.org", role: "admin")
  private static let oldRow = "user_1 old@example.org client"
  private static let newRow = "user_1 new@example.org admin"

  private let database: TestDatabase

  init() throws {
    database = try TestDatabase(inMemory: true)
  }

  @Test(arguments: [
    Case(
      "in order", [Event(.created(old), at: 1), Event(.updated(new), at: 2)], [.applied, .applied], newRow),
    Case(
      "an older change after a newer one", [Event(.updated(new), at: 2), Event(.updated(old), at: 1)],
      [.applied, .stale], newRow),
    Case(
      "an equal version under another message", [Event(.updated(new), at: 2), Event(.updated(new), at: 2)],
      [.applied, .applied], newRow),
    Case(
      "created and changed in the same millisecond",
      [Event(.created(old), at: 1), Event(.updated(new), at: 1)],
      [.applied, .applied], newRow),
    Case(
      "the same, delivered the other way round", [Event(.updated(new), at: 1), Event(.created(old), at: 1)],
      [.applied, .stale], newRow),
    Case(
      "a change whose creation comes late", [Event(.updated(new), at: 2), Event(.created(old), at: 1)],
      [.applied, .stale], newRow),
    Case(
      "deleted and changed in the same millisecond",
      [Event(.deleted(id: "user_1"), at: 1), Event(.updated(new), at: 1)], [.applied, .stale], nil),
    Case(
      "a creation after the deletion", [Event(.deleted(id: "user_1"), at: 2), Event(.created(old), at: 1)],
      [.applied, .stale], nil),
    Case(
      "even a newer change after the deletion",
      [Event(.created(old), at: 1), Event(.deleted(id: "user_1"), at: 2), Event(.updated(new), at: 3)],
      [.applied, .applied, .stale], nil),
    Case(
      "a deletion stamped in whole seconds, before the last change",
      [Event(.updated(new), at: 1_700_000_000_999), Event(.deleted(id: "user_1"), at: 1_700_000_000_000)],
      [.applied, .applied], nil),
    Case(
      "a deletion again",
      [
        Event(.deleted(id: "user_1"), at: 2), Event(.deleted(id: "user_1"), at: 1),
        Event(.created(old), at: 9),
      ],
      [.applied, .applied, .stale], nil),
  ])
  func `No older event of a user is applied`(history: Case) throws {
    for (event, outcome) in zip(history.events, history.outcomes) {
      #expect(try database.store.apply(event) == outcome)
    }
    #expect(try rows() == [history.row].compactMap(\.self))
  }

  @Test(
    arguments: [
      (
        "ending in a change",
        [(.created, 1000), (.updated, 1000), (.updated, 1001), (.updated, 1002), (.updated, 2500)]
      ),
      (
        "ending in a deletion",
        [(.created, 1000), (.updated, 1000), (.updated, 1001), (.updated, 2500), (.deleted, 2000)]
      ),
    ] as [(String, [(Event.Operation, Int64)])])
  func `Five events of a user end the same in each of 120 orders`(
    name: String, history: [(Event.Operation, Int64)]
  ) throws {
    let orders = permutations(Array(history.enumerated()))
    #expect(orders.count == 120)
    for (number, order) in orders.enumerated() {
      for (step, (rank, time)) in order {
        let user = User.ada("user_\(number)", email: "\(number)@example.org", role: "\(step)")
        let change: Event.Change =
          switch rank {
          case .created: .created(user)
          case .updated: .updated(user)
          case .deleted: .deleted(id: user.id)
          }
        _ = try database.store.apply(Event(change, at: time))
      }
    }
    #expect(
      try database.column("SELECT role || ' ' || count(*) FROM users GROUP BY role")
        == (history.last?.0 == .deleted ? [] : ["4 120"]))
  }

  private func rows() throws -> [String?] {
    try database.column("SELECT id || ' ' || email || ' ' || role FROM users")
  }

  private func permutations<Element>(_ list: [Element]) -> [[Element]] {
    guard list.count > 1 else { return [list] }
    return list.indices.flatMap { index in
      var rest = list
      let first = rest.remove(at: index)
      return permutations(rest).map { [first] + $0 }
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let events: [Event]
    let outcomes: [Outcome]
    let row: String?

    init(_ name: String, _ events: [Event], _ outcomes: [Outcome], _ row: String?) {
      (testDescription, self.events, self.outcomes, self.row) = (name, events, outcomes, row)
    }
  }
}
