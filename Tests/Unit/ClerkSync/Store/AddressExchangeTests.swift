import TestSupport
import Testing

@testable import ClerkSync

@Suite struct AddressExchangeTests {
  /// Two users exchange their addresses through a third address, as Clerk requires.
  private static let exchange = [
    Event(.updated(.ada("user_a", email: "third@example.org")), at: 2, id: "msg_1"),
    Event(.updated(.ada("user_b", email: "a@example.org")), at: 3, id: "msg_2"),
    Event(.updated(.ada("user_a", email: "b@example.org")), at: 4, id: "msg_3"),
  ]
  private static let exchanged = ["user_a b@example.org", "user_b a@example.org"]

  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
    for name in ["a", "b"] {
      try database.store.create(.ada("user_\(name)", email: "\(name)@example.org"), now: 1)
    }
  }

  @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func `An exchange of three steps is complete after three rounds`(order: [Int]) throws {
    var failed = order.map { Self.exchange[$0] }
    for _ in 1...3 { failed = deliver(failed) }
    #expect(failed == [])
    #expect(try addresses() == Self.exchanged)
  }

  /// The only case that redelivery does not resolve. The operator must free one of the addresses.
  @Test func `An exchange is blocked if a third user has taken the address in between`() throws {
    let overtaking = Event(.created(.ada("user_c", email: "third@example.org")), at: 5)
    #expect(try database.store.apply(overtaking) == .applied)
    var failed = Self.exchange
    for _ in 1...9 { failed = deliver(failed) }
    #expect(failed.count == 3)

    try database.execute("UPDATE users SET email = 'freed' WHERE id = 'user_a'")
    for _ in 1...3 { failed = deliver(failed) }
    #expect(failed == [])
    #expect(try addresses() == Self.exchanged + ["user_c third@example.org"])
  }

  /// Delivers each event once and returns those that failed.
  private func deliver(_ events: [Event]) -> [Event] {
    events.filter { (try? database.store.apply($0)) == nil }
  }

  private func addresses() throws -> [String?] {
    try database.column("SELECT id || ' ' || email FROM users ORDER BY id")
  }
}
