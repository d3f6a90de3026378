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

  @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func `An exchange is complete even if a third user has taken the address in between`(order: [Int]) throws {
    let overtaking = Event(.created(.ada("user_c", email: "third@example.org")), at: 5)
    #expect(try database.store.apply(overtaking) == .applied)
    var failed = order.map { Self.exchange[$0] }
    for _ in 1...3 { failed = deliver(failed) }
    #expect(failed == [])
    #expect(try addresses() == Self.exchanged + ["user_c third@example.org"])
  }

  @Test(arguments: [[0, 1], [1, 0]])
  func `A direct exchange is complete after the second round`(order: [Int]) throws {
    let exchange = [
      Event(.updated(.ada("user_a", email: "b@example.org")), at: 2),
      Event(.updated(.ada("user_b", email: "a@example.org")), at: 3),
    ]
    let failed = deliver(deliver(order.map { exchange[$0] }))
    #expect(failed == [])
    #expect(try addresses() == Self.exchanged)
  }

  @Test func `A user who has lost the address keeps it until another user needs it`() throws {
    let lost = Delivery(id: "msg_lost", type: "user.updated", objectID: "user_a")
    #expect(try database.store.recordRefusal(of: lost, reason: "no_primary_email", time: 2) == .refused)
    #expect(try addresses() == ["user_a a@example.org", "user_b b@example.org"])
    let receipt = try database.store.deliver(Event(.created(.ada("user_c", email: "a@example.org")), at: 3))
    #expect(receipt.warning?.contains("user_a") == true)
    #expect(receipt.warning?.contains("example.org") == false)
    #expect(
      try addresses()
        == ["user_a user_a@no-email.invalid", "user_b b@example.org", "user_c a@example.org"])
  }

  @Test func `An address is not taken from a row because of an older refusal`() throws {
    let old = Delivery(id: "msg_old", type: "user.updated", objectID: "user_a")
    #expect(try database.store.recordRefusal(of: old, reason: "no_primary_email", time: 0) == .stale)
    let event = Event(.created(.ada("user_c", email: "a@example.org")), at: 3)
    #expect(throws: StoreError.emailTaken(by: "user_a")) { try database.store.apply(event) }
  }

  @Test func `A failure that is recorded after the event has been applied frees no address`() throws {
    try database.store.update(.ada("user_a", email: "new@example.org"), now: 5)
    // Another process found the address taken, before this one applied the event.
    try database.store.record([Release(objectID: "user_a", time: 5)])
    let late = Event(.updated(.ada("user_b", email: "new@example.org")), at: 2)
    #expect(throws: StoreError.emailTaken(by: "user_a")) { try database.store.apply(late) }
    #expect(try addresses() == ["user_a new@example.org", "user_b b@example.org"])
  }

  @Test(arguments: ["NULL", "'user_old'"])
  func `A row that was never Clerk's keeps its address, and the error says what to do`(id: String) throws {
    let mapped = try MappedDatabase(
      "CREATE TABLE users (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE, email TEXT UNIQUE)",
      "{ user: { table: 'users', key: { clerk_id: 'id' }, columns: { email: 'email' } } }")
    try mapped.executeText("INSERT INTO users VALUES (1, \(id), 'ada@example.org')")
    let error = #expect(throws: StoreError.self) { try mapped.apply("user.created", at: 1) }
    #expect(error == .addressNotClerks(table: "users"))
    #expect(error?.description.contains("match") == true)
    #expect(try mapped.rows("id, email") == [["1", "ada@example.org"]])
  }

  @Test func `Users who are listed with each other's address change in one commit`() throws {
    let listed = [("user_a", "b@example.org"), ("user_b", "a@example.org")].map { id, email in
      BackendObject(user: .ada(id, email: email), updatedAt: 2)
    }
    #expect(
      try database.store.update(listed)
        == [.failure(.emailTaken(by: "user_b")), .failure(.emailTaken(by: "user_a"))])
    #expect(try addresses() == ["user_a a@example.org", "user_b b@example.org"])
    #expect(try database.store.update(listed) == [.success(.applied), .success(.applied)])
    #expect(try addresses() == Self.exchanged)
  }

  @Test func `A row without a version is Clerk's if Clerk lists its user`() throws {
    try database.execute("DELETE FROM clerk_sync_versions")
    let taking = Event(.created(.ada("user_c", email: "a@example.org")), at: 3)
    #expect(throws: StoreError.addressNotClerks(table: "users")) { try database.store.apply(taking) }
    for id in ["user_a", "user_9"] {
      try database.store.record([
        BackendObject(user: .ada(id, email: "new@example.org"), updatedAt: 2).release
      ])
    }
    #expect(try database.column("SELECT object_id FROM clerk_sync_versions") == ["user_a"])
    #expect(try database.store.apply(taking) == .applied)
    #expect(try addresses().first == "user_a user_a@no-email.invalid")
  }

  /// Delivers each event once and returns those that failed.
  private func deliver(_ events: [Event]) -> [Event] {
    events.filter { (try? database.store.apply($0)) == nil }
  }

  private func addresses() throws -> [String?] {
    try database.column("SELECT id || ' ' || email FROM users ORDER BY id")
  }
}
