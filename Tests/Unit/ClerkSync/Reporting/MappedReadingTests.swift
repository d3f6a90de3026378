import Foundation
import TestSupport
import Testing

@testable import ClerkSync

/// Reads from the tables of applications, with the examples in conf/tables.
@Suite struct MappedReadingTests {
  /// The times of the row of Ada at Clerk and in the store, in milliseconds since 1970.
  private static let (created, written): (Int64, Int64) = (1_654_012_591_835, UserStore.now)

  struct Example: CustomTestStringConvertible {
    let name: String
    let table: String
    var names = ("Ada", "Lovelace")
    var role = ""
    var createdAt = created
    var updatedAt = written

    var testDescription: String { name }
  }

  static let examples = [
    Example(
      name: "drizzle", table: "users", names: ("Ada Lovelace", ""), role: "admin",
      createdAt: created / 1000 * 1000, updatedAt: written / 1000 * 1000),
    Example(
      name: "laravel", table: "users", names: ("Ada Lovelace", ""),
      createdAt: created / 1000 * 1000, updatedAt: written / 1000 * 1000),
    Example(name: "one-name", table: "users", names: ("Ada Lovelace", "")),
    Example(name: "organizations", table: "users", names: ("Ada Lovelace", ""), createdAt: 0, updatedAt: 0),
    Example(name: "prisma", table: "User", names: ("Ada Lovelace", ""), role: "ADMIN"),
    Example(
      name: "rails", table: "users", createdAt: created / 1000 * 1000, updatedAt: written / 1000 * 1000),
    Example(name: "soft-deletion", table: "users"),
  ]

  /// Returns a database with Ada, who is an admin, and Eve.
  private func database(_ example: Example) throws -> MappedDatabase {
    let schema = try ApplicationSchema.script(example.name)
    let database = try MappedDatabase(schema, ConfigurationFile("tables/\(example.name).json5").text)
    try database.apply(
      "user.created",
      [
        "created_at": "\(Self.created)",
        "public_metadata": #"{"role":"\#(example.role.isEmpty ? "admin" : example.role)"}"#,
      ], at: Self.created)
    try database.apply(
      "user.created",
      [
        "id": #""user_2""#, "first_name": #""Eve""#, "created_at": "1",
        "email_addresses": UserEvent.addresses("eve@example.org"),
      ], at: Self.created)
    return database
  }

  @Test(arguments: examples)
  func `A user is read as from the built-in table, with times in milliseconds`(example: Example) throws {
    let database = try database(example)
    let ada = StoredUser(
      id: "user_1", email: "ada@example.org", firstName: example.names.0, lastName: example.names.1,
      role: example.role, createdAt: example.createdAt, updatedAt: example.updatedAt)
    let store = database.store
    #expect(try store.users(UserFilter(id: "user_1"), limit: 9) == [ada])
    #expect(try store.users(UserFilter(email: "ada@example.org"), limit: 9) == [ada])
    #expect(try store.history(ofUser: "user_1", before: nil, limit: 9)?.row == ada)
    #expect(try store.users(limit: 9).map(\.id) == ["user_1", "user_2"])
    #expect(try store.users(after: "user_1", limit: 9).map(\.id) == ["user_2"])
    #expect(try store.userCount() == 2)
    for text in ["user_1", "ada@", "Ada@Example", "ada", "ADA L"] {
      let page = try store.searchUsers(UserSearch(text: text, role: nil), after: nil, limit: 9)
      #expect(page.rows == [ada], "\(text)")
    }
    #expect(
      try store.searchUsers(UserSearch(text: "lovelace", role: nil), after: nil, limit: 9).rows.count == 2)
  }

  @Test(arguments: examples)
  func `A role selects users if the table has one`(example: Example) throws {
    let database = try database(example)
    let store = database.store
    let role = example.role.isEmpty ? "admin" : example.role
    let expected = example.role.isEmpty ? [] : ["user_1"]
    #expect(try store.users(UserFilter(role: role), limit: 9).map(\.id) == expected)
    for text in [nil, "user_", "ada@", "ada"] {
      let page = try store.searchUsers(UserSearch(text: text, role: role), after: nil, limit: 9)
      #expect(page.rows.map(\.id) == expected)
    }
  }

  @Test func `A table may have no column for an address, a name or a role`() throws {
    let database = try MappedDatabase(
      "CREATE TABLE users (n INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE)",
      "{ user: { table: 'users', key: { clerk_id: 'id' } } }")
    try database.apply("user.created", at: 1)
    try database.execute("INSERT INTO users (clerk_id) VALUES (NULL)")
    let bare = StoredUser(
      id: "user_1", email: "", firstName: "", lastName: "", role: "", createdAt: 0, updatedAt: 0)
    #expect(try database.store.users(limit: 9) == [bare])
    #expect(try database.store.users(UserFilter(id: "user_1"), limit: 9) == [bare])
    #expect(try database.store.users(UserFilter(email: "ada@example.org"), limit: 9) == [])
    #expect(try database.store.users(UserFilter(role: "admin"), limit: 9) == [])
    for (text, found) in [("user_1", [bare]), ("user", [bare]), ("ada@", []), ("ada", [])] {
      #expect(
        try database.store.searchUsers(UserSearch(text: text, role: nil), after: nil, limit: 9).rows == found)
    }
    // A row without an id of Clerk's is no user.
    #expect(try database.store.userCount() == 1)
  }

  @Test func `Times that an application has written in another form are read`() throws {
    let database = try database(#require(Self.examples.first { $0.name == "prisma" }))
    for (literal, time) in [
      ("1700000000123", Self.written), ("'2023-11-14T22:13:20.123+00:00'", Self.written),
      ("'2023-11-14 22:13:20'", Self.written - 123), ("'soon'", 0), ("''", 0),
    ] as [(String, Int64)] {
      try database.executeText("UPDATE User SET updatedAt = \(literal) WHERE clerkId = 'user_1'")
      #expect(
        try database.store.users(UserFilter(id: "user_1"), limit: 1).first?.updatedAt == time, "\(literal)")
    }
  }
}
