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
      ("", ""),
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
      ("/", nil), ("/api", nil), ("/api/", nil), ("/api/webhooks/", nil), ("/api/webhooks", "/"),
      ("/API/WEBHOOKS", nil),
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

  @Test func `The query and the original URI do not affect the route`() {
    let parameters = Parameters([
      ("REQUEST_METHOD", "POST"), ("SCRIPT_NAME", "/other"), ("QUERY_STRING", "/api/webhooks"),
      ("REQUEST_URI", "/api/webhooks"), ("DOCUMENT_URI", "/api/webhooks"),
    ])
    #expect(throws: RequestFailure.self) { try Route(parameters) }
  }

  private enum Refusal: Error, Equatable {
    case notFound
    case methodNotAllowed(String)
    case other
  }

  private func route(_ method: String?, _ script: String?, _ pathInfo: String?) -> Result<Route, Refusal> {
    let parameters = [("REQUEST_METHOD", method), ("SCRIPT_NAME", script), ("PATH_INFO", pathInfo)]
    do throws(RequestFailure) {
      return .success(
        try Route(Parameters(parameters.compactMap { name, value in value.map { (name, $0) } })))
    } catch {
      switch error {
      case .notFound: return .failure(.notFound)
      case .methodNotAllowed(let allowed): return .failure(.methodNotAllowed(allowed))
      default: return .failure(.other)
      }
    }
  }
}
