import Foundation
import TestSupport
import Testing

/// Tests of `doctor --url` with the real handler behind the real nginx, and with other servers.
@Suite(.programs) struct EndpointTests {
  private let patient: DoctorTests.Patient

  init() throws {
    patient = try DoctorTests.Patient()
  }

  private func findings(at url: String) throws -> [String: DoctorTests.Found] {
    patient.arguments += ["--url", url]
    let (status, findings) = try patient.findings()
    let isAnError = findings.contains { $0.level == "error" }
    #expect(status == (isAnError ? 2 : findings.contains { $0.level == "warning" } ? 1 : 0))
    return Dictionary(uniqueKeysWithValues: findings.map { ($0.check, $0) })
  }

  @Test func `A working handler passes, and stores nothing`() throws {
    let server = try NginxServer()
    let found = try findings(at: "\(server.url)/api/webhooks")
    for check in ["endpoint", "health", "clock"] { #expect(found[check]?.level == "ok", "\(found)") }
    #expect(try DatabaseFile(server.database).rows("SELECT svix_id FROM clerk_sync_deliveries").isEmpty)
  }

  @Test func `A handler without a database fails the health check`() throws {
    let server = try NginxServer()
    try Data("not a database, and long enough to be looked at as one".utf8).write(
      to: URL(filePath: server.database))
    let found = try findings(at: "\(server.url)/api/webhooks")
    #expect(found["endpoint"]?.level == "ok")
    #expect(found["health"]?.level == "error")
    #expect(found["health"]?.remedy?.contains("the database is not usable") == true)
  }

  @Test func `A refused connection is reported`() throws {
    let port = try LoopbackPort()
    let found = try findings(at: "\(port.url)/api/webhooks")
    #expect(found["endpoint"]?.level == "error")
    #expect(found["endpoint"]?.what.contains("connection refused") == true)
    #expect(found["health"] == nil)
  }

  private func answering(_ status: String, ahead seconds: Double = 0, body: String = "{}") throws -> Answering
  {
    try Answering(
      "HTTP/1.1 \(status)\r\nDate: {date}\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)",
      ahead: seconds)
  }

  @Test(arguments: [
    (0.0, "ok", "within 30 s"), (60, "warning", "s behind the endpoint's"),
    (-60, "warning", "s ahead of the endpoint's"),
    (400, "error", "rejects signatures made with this clock"),
    (-400, "error", "rejects signatures made with this clock"),
  ])
  func `The endpoint's clock is compared`(ahead: Double, level: String, words: String) throws {
    let server = try answering("400 Bad Request", ahead: ahead, body: #"{"error":"missing_headers"}"#)
    let found = try findings(at: "http://127.0.0.1:\(server.port)/api/webhooks")
    #expect(found["endpoint"]?.level == "ok")
    #expect(found["clock"]?.level == level)
    #expect(found["clock"]?.what.contains(words) == true, "\(found)")
  }

  @Test(arguments: [
    ("200 OK", "answers 200 to an unsigned request", "another program answers there"),
    ("301 Moved", "answers 301", "Svix does not follow redirects"),
    ("404 Not Found", "answers 404", "/api/webhooks"),
    ("401 Unauthorized", "answers 401", "requires authentication"),
    ("502 Bad Gateway", "answers 502", "cannot reach the handler"),
  ])
  func `Another program is distinguished from the handler`(status: String, what: String, remedy: String)
    throws
  {
    let server = try answering(status)
    let found = try findings(at: "http://127.0.0.1:\(server.port)/api/webhooks")
    #expect(found["endpoint"]?.level == "error")
    #expect(found["endpoint"]?.what.contains(what) == true, "\(found)")
    #expect(found["endpoint"]?.remedy?.contains(remedy) == true, "\(found)")
  }

  @Test(arguments: [
    ("/hooks/clerk", "/api/health"), ("/site/hooks/clerk/", "/site/api/health"),
    ("/api/webhooks/", "/api/health"),
  ])
  func `The health of a further path of the webhook is found`(path: String, health: String) throws {
    patient.environment["CLERK_SYNC_PATH"] = "/other, /hooks/clerk"
    let server = try answering("400 Bad Request", body: #"{"error":"missing_headers"}"#)
    let found = try findings(at: "http://127.0.0.1:\(server.port)\(path)")
    #expect(found["endpoint"]?.level == "ok")
    // The server answers everything alike.
    #expect(found["health"]?.what == "http://127.0.0.1:\(server.port)\(health) answers 400", "\(found)")
  }

  @Test func `The configured tolerance tells how far the endpoint's clock may be off`() throws {
    patient.environment["CLERK_SYNC_TOLERANCE"] = "600"
    let server = try answering("400 Bad Request", ahead: 400, body: #"{"error":"missing_headers"}"#)
    #expect(try findings(at: "http://127.0.0.1:\(server.port)/api/webhooks")["clock"]?.level == "warning")
  }

  @Test func `A URL other than the webhook's is a warning`() throws {
    let server = try answering("400 Bad Request", body: #"{"error":"missing_headers"}"#)
    let found = try findings(at: "http://127.0.0.1:\(server.port)/cgi-bin/clerk-sync.fcgi")
    #expect(found["health"]?.level == "warning")
    #expect(found["health"]?.what.contains("does not end in /api/webhooks") == true)
  }
}
