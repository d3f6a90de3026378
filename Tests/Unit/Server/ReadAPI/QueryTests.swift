import TestSupport
import Testing

@testable import ClerkSync

/// The valid parameters of a query string.
@Suite struct QueryTests {
  @Test(
    arguments: [
      ("users", "limit=0", "limit must be a whole number from 1 to 200."),
      ("users", "limit=201", "limit must be a whole number from 1 to 200."),
      ("users", "limit=-1", "limit must be a whole number from 1 to 200."),
      ("users", "limit=1e2", "limit must be a whole number from 1 to 200."),
      ("users", "limit=", "limit must be a whole number from 1 to 200."),
      ("users", "limit=99999999999999999999", "limit must be a whole number from 1 to 200."),
      ("users", "limit", "limit has no value, or one that is not UTF-8."),
      ("users", "search=%ff", "search has no value, or one that is not UTF-8."),
      ("users", "search=", "search must have 1 to 200 characters."),
      ("users", "search=\(String(repeating: "x", count: 201))", "search must have 1 to 200 characters."),
      ("users", "search=a&search=b", "search is given twice."),
      ("users", "Search=a", "A parameter is unknown: this path takes search, role, after, limit."),
      ("users", "=a", "A parameter is unknown: this path takes search, role, after, limit."),
      (
        "users", "search=%zz",
        "The part after the question mark is not percent-encoded (RFC 3986, section 2.1)."
      ),
      (
        "users", "search=<x>",
        "The part after the question mark is not percent-encoded (RFC 3986, section 2.1)."
      ),
      ("users/user_1", "before=0", "before must be a whole number from 1 to 9223372036854775807."),
      ("deliveries", "outcome=duplicate", "outcome must be one of applied, stale, ignored, failed, refused."),
      ("deliveries", "since=2026-11-20", "since must be a whole number from 0 to 253402300799999."),
      ("stats", "hours=2161", "hours must be a whole number from 1 to 2160."),
      ("metrics", "x=1", "A parameter is unknown: this path takes no parameters."),
    ])
  func `An unusable parameter is named, with the form expected`(path: String, query: String, message: String)
    throws
  {
    let answer = try ConsoleSite().get("/api/\(path)", query)
    #expect(answer.status == 400)
    #expect(answer.error == "invalid_parameter")
    #expect(answer.json["message"] as? String == message)
  }

  @Test func `No value is repeated in the answer or the log`() throws {
    for query in ["search=ada%40example.org%00&limit=0", "ada%40example.org=1", "limit=ada%40example.org"] {
      let answer = try ConsoleSite().get("/api/users", query)
      #expect(answer.status == 400)
      #expect(!answer.text.contains("ada") && !answer.log.contains("ada"))
    }
  }

  @Test func `A plus is a space, and empty parts are ignored`() throws {
    let site = try ConsoleSite()
    try site.database.store.create(.ada())
    for query in ["search=Ada+Love", "&&search=ada%20love&", "search=Ada%20Lovelace&limit=1"] {
      #expect(try site.get("/api/users", query).column("users", "id") == ["user_1"])
    }
    #expect(try site.get("/api/users", "search=ada%2Blove").rows("users").isEmpty)
  }

  @Test(
    arguments: [
      "' OR 1=1 --", "%' OR '1'='1", "user_1'; DROP TABLE users; --", "<img src=x onerror=alert(1)>", "\u{0}",
      "%",
      "_", "*", "\u{10FFFF}", "user_\u{0}",
    ])
  func `Text is always a value, never SQL`(text: String) throws {
    let site = try ConsoleSite()
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    let encoded = text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    for (path, names) in [
      ("users", ["search", "role", "after"]), ("deliveries", ["type", "user"]), ("users/user_1", []),
    ] {
      for name in names {
        let answer = try site.get("/api/\(path)", "\(name)=\(encoded)")
        #expect(answer.status == 200)
        if name != "after" { #expect(answer.rows("users").isEmpty && answer.rows("deliveries").isEmpty) }
      }
    }
    #expect(try site.get("/api/users/\(text)").status == 404)
    #expect(try site.database.column("SELECT id FROM users") == ["user_1"])
  }
}
