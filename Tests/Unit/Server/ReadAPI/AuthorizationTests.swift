import TestSupport
import Testing

@testable import ClerkSync
@testable import Settings

/// Read access, and the answers to unauthorized requests.
@Suite struct AuthorizationTests {
  private static let paths = [
    "users", "users/user_1", "organizations", "organizations/org_1", "deliveries", "stats", "metrics",
  ].map { "/api/\($0)" }

  @Test(arguments: paths)
  func `The token gives access to the API at every mount point`(path: String) throws {
    let site = try ConsoleSite()
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    // Makes this id known.
    try site.deliver(Payload.user(id: "org_1"), id: "msg_2")
    for prefix in ["", "/clerk", "/cgi-bin/clerk-sync.fcgi"] {
      let answer = try site.get(prefix + path)
      #expect(answer.status == 200)
      #expect(answer.headers["Cache-Control"] == "no-store")
      #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
      // The console reads every few seconds, so these requests are not logged.
      #expect(answer.log == "")
    }
    #expect(try site.get(path, authorization: "bearer  \(ConsoleSite.token)").status == 200)
  }

  @Test(
    arguments: [
      nil, "", "Bearer", "Bearer ", "Basic \(ConsoleSite.token)", ConsoleSite.token,
      "Bearer \(ConsoleSite.token)x", "Bearer \(ConsoleSite.token.dropLast())",
      "Bearer \(ConsoleSite.token.uppercased())", "Bearer \(ConsoleSite.token) x",
    ] as [String?])
  func `A request without the valid token is answered 401, without data`(authorization: String?) throws {
    let site = try ConsoleSite()
    try site.deliver(Payload.user(id: "user_1"), id: "msg_1")
    for path in Self.paths {
      let answer = try site.get(path, authorization: authorization)
      #expect(answer.status == 401)
      #expect(answer.error == "unauthorized")
      #expect(answer.headers["WWW-Authenticate"]?.hasPrefix(#"Bearer realm="clerk-sync""#) == true)
      #expect(!answer.text.contains("user_1") && !answer.text.contains(ConsoleSite.token))
      #expect(answer.log.contains("unauthorized") && !answer.log.contains(ConsoleSite.token.dropLast()))
    }
  }

  @Test func `A wrong token is distinguished from a missing one`() throws {
    let site = try ConsoleSite()
    let wrong = try site.get("/api/stats", authorization: "Bearer wrong")
    #expect(wrong.headers["WWW-Authenticate"] == #"Bearer realm="clerk-sync", error="invalid_token""#)
    let none = try site.get("/api/stats", authorization: nil)
    #expect(none.headers["WWW-Authenticate"] == #"Bearer realm="clerk-sync""#)
  }

  @Test func `Two Authorization headers are refused`() throws {
    let site = try ConsoleSite()
    let answer = try site.get("/api/stats", more: [("HTTP_AUTHORIZATION", "Bearer \(ConsoleSite.token)")])
    #expect(answer.status == 401)
  }

  @Test(arguments: paths)
  func `Without a configured token the API does not exist`(path: String) throws {
    let site = try ConsoleSite([])
    for method in ["GET", "POST"] {
      let answer = try site.get(path, method: method)
      #expect(answer.status == 404)
      #expect(answer.error == "not_found")
      #expect(answer.headers["WWW-Authenticate"] == nil)
    }
  }

  @Test(arguments: paths, ["POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "get", ""])
  func `Only GET is answered`(path: String, method: String) throws {
    let answer = try ConsoleSite().get(path, method: method)
    #expect(answer.status == 405)
    #expect(answer.headers["Allow"] == "GET")
  }

  @Test(
    arguments: [
      "/api/user", "/api/users/", "/api/users/a/b", "/api/organizations/", "/api/organizations/a/b",
      "/api/organization/a", "/api/", "/api/stat", "/stats", "/api/stats/",
      "/api/metrics/x",
      "/api/Users", "/api/users//", "/api/users/\(String(repeating: "x", count: 201))",
    ])
  func `Any other path is not found`(path: String) throws {
    #expect(try ConsoleSite().get(path).status == 404)
  }

  @Test(arguments: [
    "short", String(repeating: "x", count: 15), String(repeating: "x", count: 257),
    "with spaces in it all over",
    "añejo-token-of-enough-length",
  ])
  func `A token with an invalid length or character is refused at startup`(token: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try ConsoleSite([("CLERK_SYNC_ADMIN_TOKEN", token)])
    }
    #expect(error?.description.hasPrefix("CLERK_SYNC_ADMIN_TOKEN cannot be used: expected 16 to 256") == true)
    #expect(error?.description.contains(token) == false)
  }

  @Test func `The token can be read from a file`() throws {
    let folder = try TemporaryFolder()
    try folder.write("\(ConsoleSite.token)\n", to: "token")
    let site = try ConsoleSite([("CLERK_SYNC_ADMIN_TOKEN_FILE", folder.file("token"))])
    #expect(try site.get("/api/stats").status == 200)
    #expect(throws: ConfigurationError.unreadableFile(variable: "CLERK_SYNC_ADMIN_TOKEN_FILE")) {
      try ConsoleSite([("CLERK_SYNC_ADMIN_TOKEN_FILE", folder.file("missing"))])
    }
  }

  // clerk-sync.service passes such a file if no token is installed.
  @Test(arguments: ["", "\n", " \r\n\n"])
  func `With an empty token file the API does not exist`(text: String) throws {
    let folder = try TemporaryFolder()
    let site = try ConsoleSite([("CLERK_SYNC_ADMIN_TOKEN_FILE", folder.write(text, to: "token"))])
    #expect(try site.get("/api/stats").status == 404)
  }

  @Test func `A token prints as its type name`() throws {
    let token = try #require(AdminToken(ConsoleSite.token))
    #expect("\(token)" == "AdminToken")
    var text = ""
    dump(token, to: &text)
    #expect(!text.contains(ConsoleSite.token))
  }
}
