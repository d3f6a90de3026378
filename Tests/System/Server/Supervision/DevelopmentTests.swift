import Foundation
import TestSupport
import Testing

/// Tests of `make run` after the build.
@Suite(.programs) struct DevelopmentTests {
  private let port: LoopbackPort

  init() throws {
    port = try LoopbackPort()
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `make run shows a row, runs until stopped, and leaves nothing behind`(signal: Int32) throws {
    let folder = try TemporaryFolder()
    for name in ["conf", "www"] {
      try FileManager.default.copyItem(atPath: Project.file(name), toPath: folder.file(name))
    }
    let run = try ChildProcess(
      "/bin/bash", [folder.file("conf/development/run"), Handler.executable],
      environment: ["PATH": "/usr/bin:/bin", "TMPDIR": folder.path, "PORT": "\(port.number)"],
      output: folder.file("run.log"))

    #expect(eventually { run.log.contains("request outcome=applied") }, "\(run.log)")
    #expect(run.log.contains("@example.org  Ada        Lovelace  trainer"))
    let children = try descendants(of: run.id)
    #expect(children.count >= 3)

    let send = try ChildProcess(
      folder.file("conf/development/send"),
      environment: ["PATH": "/usr/bin:/bin", "URL": "\(port.url)/api/webhooks"],
      output: folder.file("send.log"))
    #expect(send.exitStatus() == 0)
    #expect(send.log.contains(#""outcome":"applied""#))

    #expect(
      run.log.contains(
        "  The console:    \(port.url)/\n  Its token:      cat data/development-token\n"))
    try checkConsole(folder)

    run.send(signal)
    #expect(run.exitStatus() == 0)
    for child in children {
      #expect(kill(child, 0) != 0, "process \(child) is still running")
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(left) == ["conf", "www", "data", "run.log", "send.log"])
    for name in ["development-secret", "development-token"] {
      let file = try FileManager.default.attributesOfItem(atPath: folder.file("data/\(name)"))
      #expect(file[.posixPermissions] as? Int == 0o600)
    }
  }

  /// Opens the page, and sends its API requests with the token.
  private func checkConsole(_ folder: TemporaryFolder) throws {
    let token = try String(contentsOfFile: folder.file("data/development-token"), encoding: .utf8)
    #expect(token.wholeMatch(of: /[0-9a-f]{48}\n/) != nil)
    func answer(_ path: String, token: String? = nil) throws -> Sender.Answer {
      var request = Sender.Request(
        url: "\(port.url)\(path)", method: "GET", body: Data(), secret: nil)
      if let token { request.headers["authorization"] = "Bearer \(token.dropLast())" }
      return try #require(Sender.send([request]).first)
    }
    let page = try answer("/")
    #expect(try page.body == String(contentsOfFile: Project.file("www/index.html"), encoding: .utf8))
    #expect(
      page.headers["content-security-policy"]?.hasPrefix("default-src 'none'; script-src 'self';") == true)
    #expect(page.headers["cache-control"] == "no-store")
    #expect(try answer("/console.js").headers["content-type"] == "application/javascript")
    #expect(try answer("/.git").status == 404)
    #expect(try answer("/README.md").status == 404)
    #expect(try answer("/api/users").status == 401)
    #expect(try answer("/api/users", token: token).body.contains("@example.org"))
  }

  @Test func `Without a secret, send says how to set one`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Project.file("conf"), toPath: folder.file("conf"))
    let send = try ChildProcess(
      folder.file("conf/development/send"), environment: ["PATH": "/usr/bin:/bin"],
      output: folder.file("send.log"))
    #expect(send.exitStatus() == 1)
    #expect(send.log.contains("start `make run` first, or set CLERK_WEBHOOK_SIGNING_SECRET"))
  }

  /// Returns the descendants of the process.
  private func descendants(of process: Int32) throws -> [Int32] {
    let path = "/proc/\(process)/task/\(process)/children"
    let children = try String(contentsOfFile: path, encoding: .utf8).split(separator: " ").compactMap {
      Int32($0)
    }
    return try children + children.flatMap(descendants)
  }
}
