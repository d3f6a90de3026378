import Foundation
import TestSupport
import Testing

/// Tests of the optional lines in conf/ that restrict access to the console and its API.
@Suite(.programs) struct ConsoleAccessTests {
  // The socket configuration of lighttpd uses the same lines.
  @Test(
    arguments: ServerKind.allCases.filter { $0 != .lighttpdSocket },
    [("192.0.2.0/24", 403), ("127.0.0.0/8", 200)])
  func `With restricted access, other addresses reach only the webhook`(
    kind: ServerKind, allowed: (network: String, status: Int)
  ) throws {
    let server = try kind.start(
      settings: ["CLERK_SYNC_ADMIN_TOKEN": APICase.token], changes: kind.shutting(toAllBut: allowed.network))
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
    for path in ["/", "/style.css", "/api/health", "/api/users", "/api/users/user_1", "/api/metrics"] {
      let answer = try server.answer(server.reading(path, token: APICase.token))
      #expect(answer.status == allowed.status, "\(path)")
    }
  }

  @Test(arguments: [ServerKind.nginx, .apacheProxy, .apacheCGI])
  func `No log contains the search terms, but the access log has the request`(kind: ServerKind) throws {
    let server = try kind.start(settings: ["CLERK_SYNC_ADMIN_TOKEN": APICase.token])
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
    let search = server.reading("/api/users?search=ada%40private.example", token: APICase.token)
    #expect(try server.answer(search).status == 200)
    let log = { server.logs("access.log", "clerk-sync.access.log") }
    #expect(eventually { log().contains("\"GET /api/users HTTP/1.1\" 200 ") }, "\(log())")
    #expect(!(log() + server.errorLog).contains("private.example"))
  }

  @Test func `With a password in nginx, the page requires it and the API requires the token`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("ada:{PLAIN}enchantress\n", to: "htpasswd")
    let server = try NginxServer(
      in: folder, environment: ["CLERK_SYNC_ADMIN_TOKEN": APICase.token],
      changes: [("# auth_basic", "auth_basic"), ("/etc/clerk-sync/htpasswd", file)])
    var request = server.reading("/")
    #expect(try server.answer(request).headers["www-authenticate"] == #"Basic realm="clerk-sync""#)
    request.headers["authorization"] = "Basic \(Data("ada:enchantress".utf8).base64EncodedString())"
    #expect(try server.answer(request).status == 200)
    #expect(try server.answer(server.reading("/api/users", token: APICase.token)).status == 200)
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
  }

  @Test func `An address over the API's rate limit gets 429, and can still use the webhook`() throws {
    let server = try NginxServer(
      environment: ["CLERK_SYNC_ADMIN_TOKEN": APICase.token],
      changes: [
        ("rate=20r/s", "rate=1r/m"), ("zone=clerk_sync_api burst=100", "zone=clerk_sync_api burst=5"),
      ])
    let guesses = (0..<10).map {
      server.reading("/api/\($0 % 2 == 0 ? "users" : "health")", token: "guess-\($0)-0123456789")
    }
    #expect(
      try Sender.send(guesses).map(\.status)
        == Array(repeating: 401, count: 6) + Array(repeating: 429, count: 4))
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
  }
}

extension ServerKind {
  /// Returns the changes that enable the access restriction.
  fileprivate func shutting(toAllBut network: String) -> [(String, String)] {
    let net = ("192.0.2.0/24", network)
    switch self {
    case .nginx, .nginxBehindProxy:
      return [
        ("# allow 192.0.2.0/24;\n    # allow 2001:db8::/32;\n    # deny", "allow \(network);\n    deny")
      ]
    case .lighttpd, .lighttpdSocket:
      return [
        ("# $HTTP[\"remote-ip\"]", "$HTTP[\"remote-ip\"]"), ("#   $HTTP", "  $HTTP"),
        ("#     url.access", "    url.access"), ("#   }\n# }", "  }\n}"), net,
      ]
    case .apacheSharedHosting:
      return [("# <If", "<If"), ("#   Require", "  Require"), ("# </If", "</If"), net]
    case .apacheProxy, .apacheCGI:
      return [
        ("# <Location", "<Location"), ("#   Require", "  Require"), ("# </Location", "</Location"), net,
      ]
    case .caddy:
      return [
        ("# @elsewhere", "@elsewhere"), ("# \tnot", "\tnot"), ("\t# }\n\t# handle", "\t}\n\thandle"),
        ("# \terror 403\n\t# }", "\terror 403\n\t}"), net,
      ]
    }
  }
}
