extension APICase {
  static let table = readings + tokens + methods + paths + injections

  /// The server rejects such octets itself.
  private static let refusedByLighttpd: [ServerKind: Expectation] = [
    .lighttpd: .refused([400]), .lighttpdSocket: .refused([400]),
  ]

  private static let readings = [
    APICase("users", "/api/users", is: .ok(#""id":"user_1""#)),
    APICase("users of a role", "/api/users?role=trainer&limit=1", is: .ok(#""role":"trainer""#)),
    APICase("a user", "/api/users/user_1", is: .ok(#""userId":"user_1""#)),
    APICase("a user whose id is anything", oddUser.path, is: .ok(#""email":"odd@example.org""#)),
    APICase("organizations", "/api/organizations?search=acme", is: .ok(#""organizations":[]"#)),
    APICase("an organization that is not there", "/api/organizations/org_1", is: .error(404, "not_found")),
    APICase("deliveries", "/api/deliveries?outcome=applied&limit=1", is: .ok(#""outcome":"applied""#)),
    APICase("figures", "/api/stats?hours=48", is: .ok(#""users":2"#)),
    APICase(
      "metrics", "/api/metrics",
      is: .ok("clerk_sync_users 2\n", type: "text/plain; version=0.0.4; charset=utf-8")),
    APICase("health with the token", "/api/health", is: .ok(#""pendingFailures":0"#)),
    APICase("health without it", "/api/health", token: nil, is: .ok("{\"status\":\"ok\"}\n")),
    APICase("a user who is not there", "/api/users/user_2", is: .error(404, "not_found")),
    APICase("a parameter that nobody knows", "/api/users?all=1", is: .error(400, "invalid_parameter")),
    APICase("a parameter twice", "/api/users?limit=1&limit=2", is: .error(400, "invalid_parameter")),
    APICase("a role of organizations", "/api/organizations?role=x", is: .error(400, "invalid_parameter")),
    APICase(
      "not UTF-8", "/api/users?search=%ff", is: .error(400, "invalid_parameter"), except: refusedByLighttpd),
    // The .htaccess file applies to its own folder.
    APICase(
      "under a prefix", "/clerk/api/users/user_1", is: .ok(#""userId":"user_1""#),
      except: [.apacheSharedHosting: .refused([404])]),
  ]

  private static let missing: Expectation = .error(
    401, "unauthorized", headers: ["www-authenticate": #"Bearer realm="clerk-sync""#])
  private static let wrong: Expectation = .error(
    401, "unauthorized", headers: ["www-authenticate": #"Bearer realm="clerk-sync", error="invalid_token""#])

  private static let tokens =
    [
      "users", "users/user_1", "organizations", "organizations/org_1", "deliveries", "stats", "metrics",
    ].flatMap { name in
      [
        APICase("\(name) without the token", "/api/\(name)", token: nil, is: missing),
        APICase("\(name) with another token", "/api/\(name)", token: String(token.reversed()), is: wrong),
      ]
    } + [
      APICase("health with another token", "/api/health", token: "0123456789abcdef", is: wrong),
      APICase("the token's beginning", "/api/users", token: String(token.dropLast()), is: wrong),
      APICase("more than the token", "/api/users", token: token + "0", is: wrong),
      APICase("the token in the URL", "/api/users?token=\(token)", token: nil, is: missing),
      APICase(
        "the scheme in lower case", "/api/users", headers: ["authorization": "bearer \(token)"],
        is: .ok(#""id":"user_1""#)),
      APICase(
        "the token as a password", "/api/users", headers: ["authorization": "Basic \(token)"], is: missing),
      APICase(
        "a header named like the setting", "/api/users", token: nil,
        headers: ["clerk-sync-admin-token": token, "http-authorization": "Bearer \(token)"], is: missing),
    ]

  private static let methods =
    ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map {
      APICase(
        "\($0) of users", "/api/users", method: $0,
        is: .error(405, "method_not_allowed", headers: ["allow": "GET"]))
    } + [
      APICase(
        "HEAD of users", "/api/users", method: "HEAD",
        is: Expectation(statuses: [405], headers: ["allow": "GET"]))
    ]

  private static let paths = [
    APICase("no id", "/api/users/", is: .refused([404])),
    APICase("a slash in the id", "/api/users/user_1/x", is: .refused([404])),
    APICase("a slash in an organization's id", "/api/organizations/org_1/x", is: .refused([404])),
    APICase("an encoded slash in the id", "/api/users/user_1%2fx", is: .refused([404])),
    APICase("a way up in the id", "/api/users/..%2f..%2fetc/passwd", is: .refused([400, 403, 404])),
    APICase("a zero byte in the id", "/api/users/a%00b", is: .refused([400, 404])),
    APICase("a line break in the id", "/api/users/a%0d%0ab", is: .refused([400, 403, 404])),
    // Most servers merge the two slashes, which results in the same path.
    APICase("two slashes", "/api//users", is: .refused([200, 404])),
    APICase("two slashes without the token", "/api//users", token: nil, is: .refused([401, 404])),
    APICase("a way up without the token", "/api/x/../users", token: nil, is: .refused([400, 401, 404])),
    APICase(
      "an id of 201 characters", "/api/users/\(String(repeating: "a", count: 201))", is: .refused([404])),
    APICase(
      "a query of 10 KB", "/api/users?search=\(String(repeating: "a", count: 10_000))",
      is: .refused([400, 414, 431])),
    APICase("another path", "/api/other", is: .refused([404])),
  ]

  private static let injections = [
    APICase("SQL in the search", "/api/users?search=%27%20OR%201=1%20--%20", is: .ok(#""users":[]"#)),
    APICase("SQL in the role", "/api/users?role=x%27%20OR%20%27%27=%27", is: .ok(#""users":[]"#)),
    APICase("SQL in the position", "/api/users?after=%27;DROP%20TABLE%20users;--", is: .ok(#""users":["#)),
    APICase(
      "SQL in a number", "/api/users?limit=1%20UNION%20SELECT%201", is: .error(400, "invalid_parameter")),
    APICase(
      "SQL in the outcome", "/api/deliveries?outcome=%27%20OR%201=1", is: .error(400, "invalid_parameter")),
    APICase("SQL in the id", "/api/users/%27;DROP%20TABLE%20users;--", is: .error(404, "not_found")),
    APICase("SQL in an organization's id", "/api/organizations/%27%20OR%201--", is: .error(404, "not_found")),
    APICase("wildcards in the search", "/api/users?search=%25%25", is: .ok(#""users":[]"#)),
    APICase(
      "HTML in a parameter's name", "/api/users?%3Cscript%3Ealert(2)=1", is: .error(400, "invalid_parameter")),
    APICase(
      "HTML in a value", "/api/deliveries?outcome=%3Cscript%3Ealert(2)", is: .error(400, "invalid_parameter")),
    APICase("HTML in the id", "/api/users/%3Cscript%3Ealert(2)", is: .error(404, "not_found")),
    APICase(
      "a header in a value", "/api/users?limit=1%0d%0aX-Injected:%201", is: .error(400, "invalid_parameter"),
      except: refusedByLighttpd),
  ]
}
