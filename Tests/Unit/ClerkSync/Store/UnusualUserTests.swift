import TestSupport
import Testing

@testable import ClerkSync

/// Users as Clerk has them, who do not fit into a table at once.
@Suite struct UnusualUserTests {
  private static func users(_ name: String) throws -> [Result<BackendObject, UnusableObject>] {
    try BackendObject.list(decoding: Payload.example(name), mapping: .builtIn)
  }

  /// Returns the user's row; nil if there is none.
  private func addresses(_ database: TestDatabase) throws -> [String?] {
    try database.column("SELECT id || ' ' || email FROM users ORDER BY id")
  }

  @Test func `A user with only a phone number is refused by the built-in table`() throws {
    let error = #expect(throws: EventError.self) {
      try Event.decode(Payload.example("user.created.phone-only"))
    }
    #expect(
      error
        == .noPrimaryEmail(
          type: "user.created", userID: "user_ph1", version: 1_795_616_114_984, isExample: false))
  }

  @Test(
    arguments: [("null", nil), ("{id}@no-email.invalid", "user_ph1@no-email.invalid")] as [(String, String?)])
  func `A user with only a phone number is stored if the mapping allows it`(
    rule: String, email: String?
  ) throws {
    let database = try MappedDatabase(
      "CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT UNIQUE, phone TEXT)",
      """
      { user: { table: 'users', key: { id: 'id' }, columns: { email: 'email', phone: 'phone' },
        withoutEmail: '\(rule)' } }
      """)
    let event = try Event.decode(Payload.example("user.created.phone-only"), database.mapping)
    #expect(try database.store.apply(event) == .applied)
    #expect(try database.rows("id, email, phone") == [["user_ph1", email, "+15555550100"]])
  }

  @Test func `An account from before Clerk is found by its id in external_id`() throws {
    let database = try MappedDatabase(
      """
      CREATE TABLE users (id TEXT PRIMARY KEY, clerk_id TEXT UNIQUE, email TEXT UNIQUE);
      INSERT INTO users VALUES ('6b1f0c1e-uuid', NULL, 'old@example.org'), ('other', NULL, 'other@example.org');
      """,
      """
      { user: { table: 'users', key: { clerk_id: 'id' }, columns: { email: 'email' }, match: { id: 'external_id' } } }
      """)
    let event = try Event.decode(Payload.example("user.created.external-id"), database.mapping)
    #expect(try database.store.apply(event) == .applied)
    #expect(
      try database.rows("id, clerk_id, email") == [
        ["6b1f0c1e-uuid", "user_mig", "old@example.org"], ["other", nil, "other@example.org"],
      ])
  }

  @Test func `Metadata of any depth keeps no user out`() throws {
    let database = try TestDatabase()
    let depth = 600
    let metadata = #"{"a":\#(String(repeating: "[", count: depth))\#(String(repeating: "]", count: depth))}"#
    let event = try UserEvent("user.updated", data: ["unsafe_metadata": metadata]).decode()
    #expect(
      event.prunedPaths.allSatisfy { $0.hasPrefix("data.unsafe_metadata.a") } && !event.prunedPaths.isEmpty)
    #expect(try database.store.apply(event) == .applied)
    #expect(try addresses(database) == ["user_1 ada@example.org"])
  }

  @Test func `A list frees the address that one of its users has lost to another`() throws {
    let database = try TestDatabase()
    try database.store.create(.ada("user_a", email: "shared@example.org"), now: 1)
    let users = try Self.users("users.freed-address")
    try database.store.record(
      users.compactMap { user in if case .failure(let error) = user { error.release } else { nil } })
    #expect(try database.store.update(users.compactMap { try? $0.get() }) == [.success(.applied)])
    #expect(try addresses(database) == ["user_a user_a@no-email.invalid", "user_b shared@example.org"])
  }

  @Test(arguments: [false, true])
  func `A lost address passes to another user by events in any order`(isReversed: Bool) throws {
    let database = try TestDatabase()
    try database.store.create(.ada("user_a", email: "shared@example.org"), now: 1)
    let loss = { () throws -> Bool in
      let delivery = Delivery(id: "msg_loss", type: "user.updated", objectID: "user_a")
      return try database.store.recordRefusal(of: delivery, reason: "no_primary_email", time: 5) == .refused
    }
    let gain = { () throws -> Bool in
      let event = Event(.created(.ada("user_b", email: "shared@example.org")), at: 6, id: "msg_gain")
      return (try? database.store.apply(event)) == .applied
    }
    #expect(
      try isReversed ? [gain(), loss(), gain()] == [false, true, true] : [loss(), gain()] == [true, true])
    #expect(try addresses(database) == ["user_a user_a@no-email.invalid", "user_b shared@example.org"])
  }

  /// The address of the older event is another user's by now, and the newer one has none.
  @Test func `An event whose address was lost before it came is stored with a placeholder`() throws {
    let database = try TestDatabase()
    try database.store.create(.ada("user_b", email: "shared@example.org"), now: 6)
    let loss = Delivery(id: "msg_loss", type: "user.updated", objectID: "user_a")
    #expect(try database.store.recordRefusal(of: loss, reason: "no_primary_email", time: 5) == .refused)
    let receipt = try database.store.deliver(
      Event(.created(.ada("user_a", email: "shared@example.org")), at: 1))
    #expect(receipt.outcome == .applied)
    #expect(receipt.warning?.contains("user_a") == true)
    #expect(receipt.warning?.contains("example.org") == false)
    #expect(try addresses(database) == ["user_a user_a@no-email.invalid", "user_b shared@example.org"])
  }

  @Test func `A list settles an exchange of addresses`() throws {
    let database = try TestDatabase()
    try database.store.create(.ada("user_x", email: "one@example.org"), now: 1)
    try database.store.create(.ada("user_y", email: "two@example.org"), now: 1)
    var users = try Self.users("users.exchanged-addresses").map { try $0.get() }
    for _ in 1...2 {
      let results = try database.store.update(users)
      users = zip(users, results).filter { $1 != .success(.applied) }.map(\.0)
    }
    #expect(users == [])
    #expect(try addresses(database) == ["user_x two@example.org", "user_y one@example.org"])
  }
}
