import Foundation
import TestSupport
import Testing

/// Tests of the console's files behind every server.
@Suite(.programs) struct ConsoleTests {
  private static let headers = [
    "content-security-policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
      + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
  ]
  private static let types = [
    "html": ["text/html"], "css": ["text/css"], "json": ["application/json"],
    // A browser rejects a module of any other type.
    "js": ["text/javascript", "application/javascript"],
  ]
  private static let modules = [
    "console.js", "api.js", "dom.js", "failures.js", "health.js", "chart.js", "list.js", "deliveries.js",
    "objects.js", "views.js", "poll.js",
  ]
  private static let files = ["index.html", "style.css", "openapi.json"] + modules

  @Test func `The page consists of these files, and its modules import no others`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Project.file("www"))
    #expect(Set(names.filter { !$0.hasSuffix(".md") }) == Set(Self.files))
    for module in Self.modules {
      let text = try String(contentsOfFile: Project.file("www/\(module)"), encoding: .utf8)
      for imported in text.matches(of: /from '(.*)'/) {
        #expect(Self.modules.contains { imported.1 == "./\($0)" }, "\(module) imports \(imported.1)")
      }
    }
  }

  @Test(arguments: ServerKind.allCases)
  func `Each file is served unchanged, with its type and each security header once`(
    kind: ServerKind
  ) throws {
    let server = try kind.start()
    let names = Self.files + [""]
    let answers = try Sender.send(names.map { server.reading("/\($0)") })
    for (name, answer) in zip(names, answers) {
      #expect(answer.status == 200, "\(name)")
      let file = Project.file("www/\(name.isEmpty ? "index.html" : name)")
      #expect(try answer.body == String(contentsOfFile: file, encoding: .utf8), "\(name)")
      let type = answer.headers["content-type"]?.split(separator: ";").first.map(String.init)
      #expect(try Self.types[URL(filePath: file).pathExtension]?.contains(#require(type)) == true, "\(name)")
      for (header, value) in Self.headers { #expect(answer.headers[header] == value, "\(name)") }
    }
  }

  @Test(arguments: ServerKind.allCases)
  func `The handler's responses do not get the headers of the console's files`(kind: ServerKind) throws {
    let server = try kind.start()
    // With CGI, the database does not exist before the first delivery.
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
    let health = try server.answer(server.reading("/api/health"))
    #expect(health.status == 200)
    #expect(health.headers["cache-control"] == "no-store")
    for header in ["x-frame-options", "permissions-policy"] { #expect(health.headers[header] == nil) }
  }

  // An .htaccess file cannot cover unknown files in a shared folder.
  @Test(arguments: ServerKind.allCases.filter { $0 != .apacheSharedHosting })
  func `A 404 response has the headers too`(kind: ServerKind) throws {
    let server = try kind.start()
    let answer = try server.answer(server.reading("/api/other"))
    #expect(answer.status == 404)
    for (header, value) in Self.headers { #expect(answer.headers[header] == value) }
  }

  @Test(arguments: ServerKind.allCases)
  func `Folders are not listed, dot files are not served, and paths cannot leave the root`(
    kind: ServerKind
  ) throws {
    let server = try kind.start()
    // The files exist.
    for path in ["/folder/file.txt", "/.well-known/acme-challenge/token"] {
      #expect(try server.answer(server.reading(path)).body == "left lying", "\(path)")
    }
    let paths = [
      "/.git", "/.git/", "/.git/config", "/%2egit/config", "/.env", "/x/../.env", "/folder/", "/%2e%2e/",
      "/../handler.sock", "/..%2fapp.db", "/%2e%2e/app.db", "/folder/..%2f..%2fapp.db", "/folder/%2e%2e/.env",
      "/api/users/..%2f..%2f.env", "/api/users/../../../../../etc/passwd", "/api/users/..%2f..%2fetc/passwd",
    ]
    let page = try server.answer(server.reading("/")).body
    for (path, answer) in zip(paths, try Sender.send(paths.map { server.reading($0) })) {
      // The parent of the root is the root.
      #expect([400, 403, 404].contains(answer.status) || answer.body == page, "\(path) \(answer.status)")
      #expect(!answer.body.contains("left lying") && !answer.body.contains("root:"), "\(path)")
    }
  }
}
