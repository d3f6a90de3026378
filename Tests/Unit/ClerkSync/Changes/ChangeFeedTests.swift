import Foundation
import TestSupport
import Testing

@testable import ClerkSync

@Suite struct ChangeFeedTests {
  private static let time: Int64 = 1_700_000_000_000
  private let database: MappedDatabase

  init() throws {
    database = try MappedDatabase(
      """
      CREATE TABLE users (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE, email TEXT UNIQUE, name TEXT, updated_at INTEGER,
        gone INTEGER);
      """,
      """
      { user: { table: "users", key: { clerk_id: "id" },
        columns: { email: "email", name: "first_name", updated_at: { now: "ms" } },
        match: { email: "email" }, onDelete: { set: { gone: { value: 1 } } } } }
      """, recordsChanges: true)
  }

  private func changes() throws -> [String] {
    try database.store.changes(after: 0, limit: 1000).changes.map { "\($0.operation) \($0.id) \($0.source)" }
  }

  @Test func `Without the setting there is no feed`() throws {
    let database = try TestDatabase()
    _ = try database.store.createUser(.ada("user_1"))
    #expect(try database.column("SELECT name FROM sqlite_schema WHERE name LIKE '%change%'") == [])
    #expect(throws: StoreError.noChanges(database: database.path)) {
      try database.store.changes(after: 0, limit: 1)
    }
    #expect(try database.store.consumers() == [])
  }

  @Test func `A change has its number, object, operation, source, message and time`() throws {
    let event = try database.event("user.created", at: Self.time)
    #expect(try database.store.apply(event) == .applied)
    let change = try #require(try database.store.changes(after: 0, limit: 1).changes.first)
    #expect((change.seq, change.entity, change.id) == (1, .user, "user_1"))
    #expect((change.operation, change.source) == ("created", .webhook))
    #expect((change.messageID, change.at) == (event.messageID, UserStore.now))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let json = String(decoding: try encoder.encode(change), as: UTF8.self)
    #expect(
      json == """
        {"at":\(UserStore.now),"entity":"user","id":"user_1","message_id":"\(event.messageID)","operation":"created",\
        "seq":1,"source":"webhook"}
        """)
  }

  @Test func `Duplicates, stale events and equal rows make no entry`() throws {
    let event = try database.event("user.created", at: Self.time)
    #expect(try database.store.apply(event) == .applied)
    #expect(try database.store.apply(event) == .duplicate)
    #expect(try database.apply("user.updated", at: Self.time - 1) == .stale)
    #expect(try database.apply("user.updated", at: Self.time + 1) == .applied)
    #expect(try changes() == ["created user_1 webhook"])
    try database.apply("user.updated", ["first_name": #""Eve""#], at: Self.time + 2)
    #expect(try changes() == ["created user_1 webhook", "updated user_1 webhook"])
  }

  @Test func `An update that makes the row is a creation, and one that adopts a row is not`() throws {
    try database.apply("user.updated", at: Self.time)
    try database.executeText("INSERT INTO users (email) VALUES ('old@example.org')")
    let old = ["id": #""user_2""#, "email_addresses": UserEvent.addresses("old@example.org")]
    try database.apply("user.created", old, at: Self.time)
    #expect(try changes() == ["created user_1 webhook", "updated user_2 webhook"])
  }

  @Test func `A deletion makes one entry, and none without a row`() throws {
    try database.apply("user.deleted", ["id": #""user_9""#], at: Self.time)
    try database.apply("user.created", at: Self.time)
    try database.apply("user.deleted", at: Self.time + 1)
    try database.apply("user.deleted", at: Self.time + 2)
    #expect(try changes() == ["created user_1 webhook", "deleted user_1 webhook"])
  }

  @Test func `The row that loses its address is in the feed`() throws {
    try database.apply("user.created", at: Self.time)
    try database.store.recordRefusal(
      of: Delivery(id: "msg_refused", type: "user.updated", objectID: "user_1"), reason: "no_primary_email",
      time: Self.time + 1)
    try database.apply("user.created", ["id": #""user_2""#], at: Self.time + 2)
    #expect(try database.rows("email")[0] == ["user_1@no-email.invalid"])
    #expect(
      try changes() == ["created user_1 webhook", "updated user_1 webhook", "created user_2 webhook"])
  }

  @Test func `A failed delivery makes no entry`() throws {
    try database.apply("user.created", at: Self.time)
    #expect(throws: StoreError.self) {
      try database.apply("user.created", ["id": #""user_2""#], at: Self.time)
    }
    #expect(try changes() == ["created user_1 webhook"])
  }

  @Test func `The source says who wrote`() throws {
    let store = database.store
    _ = try store.createUser(User(id: "user_a", email: "a@example.org", role: "client"))
    let users = ["b", "c"].map { name in
      """
      {"id":"user_\(name)","email_addresses":\(UserEvent.addresses("\(name)@example.org")),\
      "primary_email_address_id":"idn_1","updated_at":1700000000000}
      """
    }
    let list = try BackendObject.list(
      decoding: Array("[\(users.joined(separator: ","))]".utf8), mapping: database.mapping
    ).map { try $0.get() }
    _ = try store.update([list[0]])
    _ = try store.update([list[1]], source: .reconcile)
    _ = try store.delete(.user, key: "user_b", source: .reconcile)
    #expect(
      try changes() == [
        "created user_a application", "created user_b backfill", "created user_c reconcile",
        "deleted user_b reconcile",
      ])
  }

  @Test func `A filter passes over the others`() throws {
    for number in 1...5 {
      _ = try database.store.createUser(
        User(id: "user_\(number)", email: "\(number)@example.org", role: "client"))
    }
    let (found, examined) = try database.store.changes(
      after: 1, ChangeFilter(source: .webhook), limit: 10)
    #expect(found.isEmpty)
    #expect(examined == 5)
    #expect(try database.store.changes(after: 5, limit: 10).examined == nil)
    #expect(try database.store.changes(after: 0, ChangeFilter(entity: .user), limit: 2).examined == 2)
  }
}
