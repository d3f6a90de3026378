import Foundation
import TestSupport
import Testing

/// Tests of shared hosting: the options in .htaccess, and the files that must not be served.
@Suite(.programs) struct SharedHostingTests {
  @Test func `Settings in .htaccess override those in the file`() throws {
    let server = try ApacheServer(.sharedHosting, changes: [("# SetEnv CLERK_SYNC", "SetEnv CLERK_SYNC")])
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
    #expect(try DatabaseFile(server.database).rows("SELECT role FROM users") == [["member"]])
  }

  @Test func `cgi-script accepts a body that mod_fcgid rejects`() throws {
    let server = try ApacheServer(
      .sharedHosting, changes: [("SetHandler fcgid-script", "SetHandler cgi-script")])
    var request = server.request(Payload.user(id: "user_1"))
    request.body += Data(repeating: 0x20, count: 200_000)
    #expect(try server.answer(request).status == 200)
    #expect(try DatabaseFile(server.database).rows("SELECT id FROM users") == [["user_1"]])
  }

  @Test func `The script's own URL is the webhook too`() throws {
    let server = try ApacheServer(.sharedHosting)
    for path in ["/clerk-sync.fcgi", "/clerk-sync.fcgi/api/webhooks"] {
      #expect(try server.answer(server.request(Payload.user(id: "user_1"), at: path)).status == 200)
    }
  }

  @Test func `Settings, database, log and start script cannot be downloaded`() throws {
    let server = try ApacheServer(.sharedHosting)
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
    let paths = ["clerk-sync.env", "app.db", "clerk-sync.log"].flatMap { ["/clerk-sync/\($0)", "/\($0)"] }
    for path in paths + ["/.htaccess", "/clerk-sync.fcgi"] {
      var request = server.request("", at: path)
      (request.method, request.secret) = ("GET", nil)
      let answer = try server.answer(request)
      #expect([403, 404, 405].contains(answer.status), "\(path)")
      #expect(!answer.body.contains("whsec_") && !answer.body.contains("exec "), "\(path)")
    }
  }

  @Test func `The log is beside the program, and nothing is written to the document root`() throws {
    let server = try ApacheServer(.sharedHosting)
    let root = server.folder.file("home/public_html")
    let before = try FileManager.default.subpathsOfDirectory(atPath: root)
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: root) == before)
    #expect(server.logs("home/clerk-sync/clerk-sync.log").contains("request outcome=applied status=200"))
  }

  @Test func `On a host without libfcgi, the library beside the program is used`() throws {
    let server = try ApacheServer(.sharedHosting)
    let installed = try SpawnedHandler(in: TemporaryFolder())
    let library = try withExtendedLifetime(installed) {
      try RunningProcesses.mappedFiles(of: installed.id).first { $0.contains("/libfcgi.so") }
    }
    let folder = server.folder.file("home/clerk-sync/lib")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try FileManager.default.copyItem(atPath: try #require(library), toPath: "\(folder)/libfcgi.so.0")
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
    let files = try RunningProcesses.using(server.folder.file("home")).map(RunningProcesses.mappedFiles)
    #expect(files.contains { $0.contains("\(folder)/libfcgi.so.0") })
  }
}
