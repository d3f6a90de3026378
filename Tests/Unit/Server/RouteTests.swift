import Gateway
import Testing

@testable import ClerkSync
@testable import Server

@Suite struct RouteTests {
  @Test(
    arguments: [
      ("/api/webhooks", nil), ("/api/webhooks", ""), ("", "/api/webhooks"), (nil, "/api/webhooks"),
      ("/clerk/api/webhooks", nil), ("/cgi-bin/clerk-sync.fcgi", "/api/webhooks"), ("/api", "/webhooks"),
      ("/cgi-bin/clerk-sync.fcgi", nil), ("/cgi-bin/clerk-sync.cgi", ""), ("/clerk-sync.fcgi", nil),
      (nil, nil),
      ("", ""), ("/api/webhooks/", nil), ("/api/webhooks", "/"), ("/clerk-sync.fcgi", "/api/webhooks/"),
    ] as [(String?, String?)])
  func `A POST to the webhook's path or the bare script is a delivery`(script: String?, pathInfo: String?) {
    #expect(route("POST", script, pathInfo) == .success(.webhook))
  }

  @Test(arguments: ["GET", "HEAD"])
  func `A GET or HEAD of the health path is a health check`(method: String) {
    for (script, pathInfo) in [
      ("/api/health", nil), ("/clerk-sync.fcgi", "/api/health"), ("/api", "/health"), (nil, "/api/health"),
    ] as [(String?, String?)] {
      #expect(route(method, script, pathInfo) == .success(.health))
    }
  }

  @Test(arguments: ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "post", "POST ", "", nil])
  func `The webhook's path accepts only POST`(method: String?) {
    for (script, pathInfo) in [("/api/webhooks", nil), ("/clerk-sync.fcgi", nil), ("", "")]
      as [(String, String?)]
    {
      #expect(route(method, script, pathInfo) == .failure(.methodNotAllowed("POST")))
    }
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "get", "", nil])
  func `The health path accepts only GET and HEAD`(method: String?) {
    #expect(route(method, "/api/health", nil) == .failure(.methodNotAllowed("GET, HEAD")))
  }

  @Test(
    arguments: [
      ("/", nil), ("/api", nil), ("/api/", nil), ("/api/webhooks//", nil), ("/api/webhooks/", "/"),
      ("/", "/"),
      ("/API/WEBHOOKS", nil), ("/hooks/clerk/", nil), ("/api/users/", nil),
      ("/api/webhook", nil), ("/api/webhooks2", nil), ("/apiwebhooks", nil), ("api/webhooks", nil),
      ("/my-api/webhooks", nil), ("/clerk-sync.fcgi", "/other"),
      ("/clerk-sync.php", nil),
      ("/clerk-sync.fcgi/", nil), ("/api/webhooks/../x", nil), ("/api/health/", nil), (nil, "/health"),
    ] as [(String?, String?)])
  func `Any other path is not found`(script: String?, pathInfo: String?) {
    for method in ["POST", "GET", nil] {
      #expect(route(method, script, pathInfo) == .failure(.notFound))
    }
  }

  @Test func `The query and the original URI do not affect the route`() throws {
    let parameters = Parameters([
      ("REQUEST_METHOD", "POST"), ("SCRIPT_NAME", "/other"), ("QUERY_STRING", "/api/webhooks"),
      ("REQUEST_URI", "/api/webhooks"), ("DOCUMENT_URI", "/api/webhooks"),
    ])
    let route = try Route(parameters, webhookPaths: [])
    #expect(route == nil)
  }

  private static let paths = ["/hooks/clerk", "/api/webhooks/clerk"]

  @Test(
    arguments: [
      ("/hooks/clerk", nil), ("/hooks/clerk/", nil), ("/api/webhooks/clerk", nil), ("/site/hooks/clerk", ""),
      ("/cgi-bin/clerk-sync.fcgi", "/hooks/clerk"), ("/cgi-bin/clerk-sync.fcgi", "/api/webhooks/clerk/"),
      ("/hooks", "/clerk/"), (nil, "/hooks/clerk"), ("/api/webhooks", nil), ("/clerk-sync.fcgi", "/"),
    ] as [(String?, String?)])
  func `Further paths are the webhook's beside its own`(script: String?, pathInfo: String?) {
    #expect(route("POST", script, pathInfo, Self.paths) == .success(.webhook))
    #expect(route("GET", script, pathInfo, Self.paths) == .failure(.methodNotAllowed("POST")))
  }

  @Test(arguments: [
    "/hooks", "/clerk", "/myhooks/clerk", "/hooks/clerk/x", "/hooks/clerk//", "/api/webhooks/x",
  ])
  func `A path that only resembles a further one is not found`(path: String) {
    #expect(route("POST", path, nil, Self.paths) == .failure(.notFound))
  }

  @Test func `The API has precedence over a further path`() {
    #expect(route("GET", "/api/users/clerk", nil, ["/clerk"]) == .success(.read(.user(id: "clerk"))))
    #expect(route("GET", "/api/metrics", nil, ["/metrics"]) == .success(.read(.metrics)))
  }

  private enum Refusal: Error, Equatable {
    case notFound
    case methodNotAllowed(String)
    case other
  }

  private func route(
    _ method: String?, _ script: String?, _ pathInfo: String?, _ webhookPaths: [String] = []
  ) -> Result<Route, Refusal> {
    let parameters = [("REQUEST_METHOD", method), ("SCRIPT_NAME", script), ("PATH_INFO", pathInfo)]
    do throws(RequestFailure) {
      let route = try Route(
        Parameters(parameters.compactMap { name, value in value.map { (name, $0) } }),
        webhookPaths: webhookPaths)
      return route.map(Result.success) ?? .failure(.notFound)
    } catch {
      switch error {
      case .methodNotAllowed(let allowed): return .failure(.methodNotAllowed(allowed))
      default: return .failure(.other)
      }
    }
  }
}
