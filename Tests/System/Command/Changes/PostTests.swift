import Foundation
import TestSupport
import Testing

/// Tests of consumers that post to a URL, where the official libraries verify each request.
@Suite(.waits) struct PostTests {
  private let site: ConsumingSite
  private let port: LoopbackPort
  private static let secret = ["CLERK_SYNC_CHANGES_SECRET": SignedDelivery.secret]

  init() throws {
    site = try ConsumingSite()
    port = try LoopbackPort()
  }

  private func receiver(_ answers: String...) throws -> ChildProcess {
    let python = try ChildProcess(
      Project.file(".build/venv/bin/python"),
      [
        Project.file("Tests/System/Command/Changes/receiver.py"), "\(port.number)", SignedDelivery.secret,
        site.folder.file("requests"),
      ] + answers, output: site.folder.file("python.log"))
    try #require(eventually { (try? TCPConnection(port.url)) != nil }, "\(python.log)")
    return python
  }

  private func post(_ arguments: String..., environment: [String: String] = Self.secret) throws -> Command {
    try Command.run(
      ["changes", "--consumer", "crm", "--post", "\(port.url)/hook?token=hush", "--once", "--from", "start"]
        + arguments,
      environment: ["CLERK_SYNC_DATABASE": site.folder.file("app.db")].merging(environment) { $1 },
      in: site.folder)
  }

  private func requests() throws -> [[String: Any]] {
    try site.lines(of: "requests", in: site.folder).map { try ConsumingSite.object($0) }
  }

  @Test func `The official libraries accept each request`() throws {
    try site.create(1...3)
    let python = try receiver()
    let posted = try post()
    #expect(posted.status == 0, "\(posted.errors) \(python.log)")
    let requests = try requests()
    #expect(requests.map { $0["id"] as? String } == ["chg_1", "chg_2", "chg_3"])
    #expect(requests.map { $0["body"] as? String } == (try site.changes("--json").lines))
    for request in requests {
      #expect(request["svix"] as? Bool == true)
      #expect(request["standardwebhooks"] as? Bool == true)
      #expect(request["type"] as? String == "application/json")
      #expect(request["path"] as? String == "/hook?token=hush")
    }
    #expect(!posted.errors.contains("hush"))
  }

  @Test func `Each try has the same id, and a signature of its own`() throws {
    try site.create(1...1)
    let python = try receiver("500", "503")
    #expect(try post("--tries", "3").status == 0, "\(python.log)")
    let requests = try requests()
    #expect(requests.map { $0["id"] as? String } == ["chg_1", "chg_1", "chg_1"])
    // The pauses last at least a second.
    #expect(Set(requests.compactMap { $0["timestamp"] as? String }).count == 3)
    #expect(requests.allSatisfy { $0["svix"] as? Bool == true })
  }

  @Test func `What is not answered with 2xx is set aside, and the rest goes on`() throws {
    try site.create(1...5)
    let python = try receiver("500", "302", "close", "410")
    let posted = try post("--tries", "1")
    #expect(posted.status == 0, "\(python.log)")
    let failed = try site.failed("crm")
    #expect(failed.map(\.id) == ["user_1", "user_2", "user_3", "user_4"])
    #expect(
      failed.map(\.reason).filter { $0.hasPrefix("HTTP") } == [
        "HTTP status 500", "HTTP status 302", "HTTP status 410",
      ])
    #expect(failed[2].reason.contains("the connection closed before a complete HTTP response"))
    let requests = try requests()
    #expect(requests.count == 5)
    #expect(requests.allSatisfy { $0["path"] as? String == "/hook?token=hush" })
    #expect(failed.allSatisfy { !$0.reason.contains("hush") && !$0.reason.contains("ada@") })
    #expect(!posted.errors.contains("hush") && !posted.errors.contains("ada@"))

    #expect(try site.changes("retry", "crm").status == 0)
    #expect(try post().status == 0)
    #expect(try site.failed("crm").isEmpty)
  }

  @Test(arguments: ["hang", "drip"])
  func `A receiver that does not come to an end is given up`(answer: String) throws {
    try site.create(1...2)
    let python = try receiver(answer, answer)
    #expect(try post("--tries", "1", "--timeout", "1s").status == 0, "\(python.log)")
    let failed = try site.failed("crm")
    #expect(failed.map(\.id) == ["user_1", "user_2"])
    #expect(failed.allSatisfy { $0.reason.contains("answer within 1 s") }, "\(failed)")
  }

  @Test func `A receiver that does not run is tried again`() throws {
    try site.create(1...1)
    let other = try TemporaryFolder()
    let process = try Command.start(
      ["changes", "--consumer", "crm", "--post", port.url, "--once", "--from", "start", "--tries", "20"],
      environment: ["CLERK_SYNC_DATABASE": site.folder.file("app.db")].merging(Self.secret) { $1 }, in: other)
    #expect(eventually { site.lines(of: "errors", in: other).contains { $0.contains("connection refused") } })
    let python = try receiver()
    #expect(process.exitStatus() == 0, "\(python.log)")
    #expect(try requests().map { $0["id"] as? String } == ["chg_1"])
  }

  @Test func `A missing or wrong secret is reported by the name of its setting`() throws {
    try site.create(1...1)
    let missing = try post(environment: [:])
    #expect(missing.status == 78)
    #expect(missing.errors.contains("set CLERK_SYNC_CHANGES_SECRET"))
    let wrong = try post(environment: ["CLERK_SYNC_CHANGES_SECRET": "hush hush!"])
    #expect(wrong.status == 78)
    #expect(wrong.errors.contains("CLERK_SYNC_CHANGES_SECRET does not decode"), "\(wrong.errors)")
    #expect(!wrong.errors.contains("hush"))
    let python = try receiver()
    let file = try site.folder.write("\(SignedDelivery.secret)\n", to: "secret")
    #expect(try post(environment: ["CLERK_SYNC_CHANGES_SECRET_FILE": file]).status == 0, "\(python.log)")
    #expect(try requests().count == 1)
  }
}
