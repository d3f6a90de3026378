import Foundation
import TestSupport
import Testing

private var isPortInUse: Bool { (try? TCPConnection("http://127.0.0.1:8080")) != nil }

/// What `make run` does once everything is built.
@Suite(.serialized, .disabled("127.0.0.1:8080 is in use") { isPortInUse })
struct DevelopmentTests {
  @Test(arguments: [SIGINT, SIGTERM])
  func `It shows a row, stays until it is stopped, and leaves nothing behind`(signal: Int32) throws {
    let folder = try TemporaryFolder()
    for name in ["conf", "www"] {
      try FileManager.default.copyItem(atPath: Project.file(name), toPath: folder.file(name))
    }
    let run = try ChildProcess(
      "/bin/bash", [folder.file("conf/development/run"), Handler.executable],
      environment: ["PATH": "/usr/bin:/bin", "TMPDIR": folder.path], output: folder.file("run.log"))

    #expect(eventually(within: 20) { run.log.contains("request outcome=applied") }, "\(run.log)")
    #expect(run.log.contains("@example.org  Ada        Lovelace  trainer"))
    let children = try descendants(of: run.id)
    #expect(children.count >= 3)

    let send = try ChildProcess(
      folder.file("conf/development/send"), environment: ["PATH": "/usr/bin:/bin"],
      output: folder.file("send.log"))
    #expect(send.exitStatus() == 0)
    #expect(send.log.contains(#""outcome":"applied""#))

    run.send(signal)
    #expect(run.exitStatus() == 0)
    for child in children {
      #expect(kill(child, 0) != 0, "process \(child) is still running")
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(left) == ["conf", "www", "data", "run.log", "send.log"])
    let secret = try FileManager.default.attributesOfItem(atPath: folder.file("data/development-secret"))
    #expect(secret[.posixPermissions] as? Int == 0o600)
  }

  @Test func `Without a secret, send says what to do`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: Project.file("conf"), toPath: folder.file("conf"))
    let send = try ChildProcess(
      folder.file("conf/development/send"), environment: ["PATH": "/usr/bin:/bin"],
      output: folder.file("send.log"))
    #expect(send.exitStatus() == 1)
    #expect(send.log.contains("start `make run` first, or set CLERK_WEBHOOK_SIGNING_SECRET"))
  }

  /// The processes that this one started, and those that they did.
  private func descendants(of process: Int32) throws -> [Int32] {
    let path = "/proc/\(process)/task/\(process)/children"
    let children = try String(contentsOfFile: path, encoding: .utf8).split(separator: " ").compactMap {
      Int32($0)
    }
    return try children + children.flatMap(descendants)
  }
}
