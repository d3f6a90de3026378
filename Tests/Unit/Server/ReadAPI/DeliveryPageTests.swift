import TestSupport
import Testing

@testable import ClerkSync

@Suite struct DeliveryPageTests {
  private let site: ConsoleSite

  init() throws {
    site = try ConsoleSite()
  }

  /// Inserts 125 000 entries, one a second. Every thousandth has failed, every hundredth is a deletion, and
  /// every 5000th belongs to one user.
  private func fill() throws {
    try site.database.execute(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 125000)
      INSERT INTO clerk_sync_deliveries SELECT 'msg_' || i, CASE WHEN i % 100 THEN 'user.created' ELSE 'user.deleted' END,
        CASE WHEN i % 5000 THEN 'user_' || i ELSE 'user_often' END,
        CASE WHEN i % 1000 THEN 'applied' ELSE 'failed' END, NULL, 1, i * 1000, i * 1000 FROM n
      """)
  }

  /// Returns the positions from all pages, and the number of pages.
  private func walk(_ query: String) throws -> (positions: [Int], pages: Int) {
    var positions: [Int] = []
    var pages = 0
    var next: Int?
    repeat {
      let answer = try site.get("/api/deliveries", query + (next.map { "&before=\($0)" } ?? ""))
      #expect(answer.status == 200)
      positions += answer.rows("deliveries").compactMap { $0["position"] as? Int }
      next = answer.number("next")
      pages += 1
    } while next != nil
    return (positions, pages)
  }

  @Test(
    arguments: [
      ("since=120001000&limit=200", 5000, 25), ("outcome=failed&limit=200", 125, 1),
      ("outcome=failed&limit=50", 125, 3),
      ("user=user_often", 25, 2), ("user=user_often&outcome=failed", 25, 1), ("user=user_17", 1, 2),
      ("type=user.deleted&limit=200", 1250, 7), ("outcome=stale", 0, 2), ("type=user.none", 0, 2),
      ("since=100001000&outcome=failed", 25, 1), ("since=120001001&limit=200", 4999, 25),
      ("until=50000&limit=50", 50, 1), ("until=999", 0, 1), ("since=125000001", 0, 1),
      ("since=9000&until=8000", 0, 1),
      ("since=1000&until=1000", 1, 1), ("since=12345000&until=12346999", 2, 1),
      ("until=12345999&limit=200", 12_345, 62),
      ("outcome=failed&since=5000000&until=9000000", 5, 1),
    ])
  func `Pages contain each matching delivery once, newest first`(
    query: String, count: Int, pages: Int
  ) throws {
    try fill()
    let found = try walk(query)
    #expect(found.positions.count == count)
    #expect(found.positions == Set(found.positions).sorted(by: >))
    #expect(found.pages == pages)
  }

  @Test func `Refused deliveries have pages of their own`() throws {
    try fill()
    try site.database.execute("UPDATE clerk_sync_deliveries SET outcome = 'refused' WHERE rowid % 2500 = 0")
    let found = try walk("outcome=refused&limit=20")
    #expect(found.positions == (1...50).reversed().map { $0 * 2500 })
    #expect(found.pages == 3)
    #expect(try walk("outcome=refused&since=5000000&until=9000000").positions == [7500, 5000])
    #expect(try walk("outcome=refused&user=user_often").positions.count == 25)
  }

  @Test func `An empty ledger gives an empty page`() throws {
    for query in ["", "since=1", "outcome=failed", "user=user_1"] {
      let answer = try site.get("/api/deliveries", query)
      #expect(answer.json.keys.sorted() == ["deliveries"])
      #expect(answer.rows("deliveries").isEmpty)
    }
  }

  @Test func `A delivery that arrives between two pages moves no row`() throws {
    for number in 1...10 { try site.deliver(Payload.user(id: "user_\(number)"), id: "msg_\(number)") }
    let first = try site.get("/api/deliveries", "limit=4")
    try site.deliver(Payload.user(id: "user_11"), id: "msg_11")
    let second = try site.get("/api/deliveries", "limit=4&before=\(try #require(first.number("next")))")
    #expect(
      first.column("deliveries", "id") + second.column("deliveries", "id")
        == (3...10).reversed().map { "msg_\($0)" })
  }

  @Test func `A failure has a cause, which contains no address`() throws {
    try site.deliver(Payload.user(id: "user_1", email: "taken@example.org"), id: "msg_1")
    try site.deliver(Payload.user(id: "user_2", email: "taken@example.org"), id: "msg_2")
    let answer = try site.get("/api/deliveries", "outcome=failed")
    let error = try #require(answer.column("deliveries", "error").first)
    #expect(error.hasPrefix("database_error: the e-mail address belongs to user_1,"))
    #expect(!answer.text.contains("taken@"))
  }
}
