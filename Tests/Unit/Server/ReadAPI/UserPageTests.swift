import SQLite
import TestSupport
import Testing

@testable import ClerkSync

@Suite struct UserPageTests {
  private let site: ConsoleSite

  init() throws {
    site = try ConsoleSite()
  }

  /// Inserts `count` users. Every thousandth is an admin, and user_024000 is Émile Zola.
  private func fill(_ count: Int64) throws {
    let connection = try site.database.open()
    var statement = try connection.prepare(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
      INSERT INTO users SELECT printf('user_%06d', i), 'u' || i || '@example.org', 'Ada', 'Lovelace', '', NULL,
        CASE WHEN i % 1000 THEN 'client' ELSE 'admin' END, i, i FROM n
      """)
    try statement.bind(count, at: 1)
    try statement.run()
    try connection.run("UPDATE users SET firstName = 'Émile', lastName = 'Zola' WHERE id = 'user_024000'")
  }

  /// Returns the ids from all pages, and the number of pages.
  private func walk(_ query: String) throws -> (ids: [String], pages: Int) {
    var ids: [String] = []
    var pages = 0
    var next: String?
    repeat {
      let answer = try site.get("/api/users", query + (next.map { "&after=\($0)" } ?? ""))
      #expect(answer.status == 200)
      ids += answer.column("users", "id")
      next = answer.json["next"] as? String
      pages += 1
    } while next != nil
    return (ids, pages)
  }

  @Test(arguments: [1, 7, 50, 200])
  func `Pages contain each user once, in order, and the last page has no next`(limit: Int) throws {
    try fill(350)
    let (ids, pages) = try walk("limit=\(limit)")
    #expect(ids.count == 350)
    #expect(ids == Set(ids).sorted())
    #expect(pages == (350 + limit - 1) / limit)
  }

  @Test func `An empty table gives an empty page`() throws {
    let answer = try site.get("/api/users")
    #expect(answer.rows("users").isEmpty)
    #expect(answer.json.keys.sorted() == ["users"])
  }

  @Test(
    arguments: [
      ("search=user_02400", 10, 1), ("search=user_", 50, 1), ("search=user_x", 0, 1), ("search=u7%40", 1, 1),
      ("search=U7%40EXAMPLE", 1, 1), ("search=%40", 0, 1), ("search=u7%40example.com", 0, 1),
      ("search=u2500", 2, 3), ("search=%C3%A9mile+z", 1, 3), ("search=zola", 1, 3), ("search=EMILE", 0, 3),
      ("role=admin", 25, 3), ("role=Admin", 0, 3), ("search=%C3%89mile&role=admin", 1, 3),
      ("search=%C3%A9mile&role=client", 0, 3), ("search=user_024&role=admin", 1, 1),
    ])
  func `A search reads at most ten thousand users for each page`(
    query: String, count: Int, pages: Int
  ) throws {
    try fill(25_000)
    if query == "search=user_" {
      #expect(try site.get("/api/users", query).rows("users").count == count)
    } else {
      let found = try walk(query)
      #expect(found.ids.count == count)
      #expect(found.ids == Set(found.ids).sorted())
      #expect(found.pages == pages)
    }
  }

  @Test func `A user's times are in milliseconds, whatever the table's unit`() throws {
    let seconds = try ConsoleSite([
      ("CLERK_SYNC_ADMIN_TOKEN", ConsoleSite.token), ("CLERK_SYNC_TIMESTAMPS", "s"),
    ])
    try seconds.deliver(Payload.user(id: "user_1"), id: "msg_1")
    let user = try #require(try seconds.get("/api/users").rows("users").first)
    #expect(user["createdAt"] as? Int == TestApplication.now * 1000)
    #expect(
      user.keys.sorted() == ["createdAt", "email", "firstName", "id", "lastName", "role", "updatedAt"])
  }

  @Test func `A user's page has the row, the version and the deliveries`() throws {
    try site.deliver(Payload.user(id: "user_1", updatedAt: 1_654_012_591_835), id: "msg_1")
    try site.deliver(
      Payload.user("user.updated", id: "user_1", updatedAt: 1_654_012_591_836), id: "msg_2")
    try site.deliver(Payload.user("user.updated", id: "user_1", updatedAt: 5), id: "msg_3")
    try site.deliver(Payload.user(id: "user_2"), id: "msg_4")
    let answer = try site.get("/api/users/user_1")
    #expect((answer.json["user"] as? [String: Any])?["id"] as? String == "user_1")
    let version = try #require(answer.json["version"] as? [String: Any])
    #expect(version["time"] as? Int == 1_654_012_591_836)
    #expect(version["event"] as? String == "updated")
    #expect(version["deleted"] == nil)
    #expect(answer.column("deliveries", "id") == ["msg_3", "msg_2", "msg_1"])
    #expect(answer.column("deliveries", "outcome") == ["stale", "applied", "applied"])
    #expect(answer.number("next") == nil)
  }

  @Test func `A deleted user has a tombstone instead of a row`() throws {
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    try site.deliver(Payload.deleted(id: "user_1"), id: "msg_2")
    let answer = try site.get("/api/users/user_1")
    #expect(answer.json["user"] == nil)
    let version = try #require(answer.json["version"] as? [String: Any])
    #expect(version["event"] as? String == "deleted")
    #expect(version["deleted"] as? Int == TestApplication.now * 1000)
    #expect(answer.column("deliveries", "id") == ["msg_2", "msg_1"])
  }

  @Test func `A user known only from a refusal has a page, and an unknown user has none`() throws {
    try site.deliver(UserEvent(data: ["primary_email_address_id": "null"]).body, id: "msg_1")
    let answer = try site.get("/api/users/user_1")
    #expect(answer.json["user"] == nil && answer.json["version"] == nil)
    #expect(answer.column("deliveries", "outcome") == ["refused"])
    let stranger = try site.get("/api/users/user_2")
    #expect(stranger.status == 404)
    #expect(stranger.json["message"] as? String == "Neither the users table nor the ledger knows this user.")
  }

  @Test func `A long history is paged`() throws {
    for number in 1...25 {
      try site.deliver(
        Payload.user("user.updated", id: "user_\(number % 5)", updatedAt: 1_654_012_591_835 + number),
        id: "msg_\(number)")
    }
    let first = try site.get("/api/users/user_0", "limit=2")
    #expect(first.column("deliveries", "id") == ["msg_25", "msg_20"])
    let second = try site.get("/api/users/user_0", "limit=2&before=\(try #require(first.number("next")))")
    #expect(second.column("deliveries", "id") == ["msg_15", "msg_10"])
    let third = try site.get("/api/users/user_0", "limit=2&before=\(try #require(second.number("next")))")
    #expect(third.column("deliveries", "id") == ["msg_5"])
    #expect(third.number("next") == nil)
  }
}
