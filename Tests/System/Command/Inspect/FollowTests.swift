import Foundation
import TestSupport
import Testing

@Suite(.waits) struct FollowTests {
  private let site: ReadingSite

  init() throws {
    site = try ReadingSite()
    try site.fill()
  }

  private func shows(_ count: Int, _ text: String) -> Bool {
    eventually { site.output.components(separatedBy: text).count == count + 1 }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `What arrives is shown until the operator ends it`(signal: Int32) throws {
    let process = try site.start("deliveries", "--follow", "--limit", "1")
    #expect(shows(1, "msg_failed"))
    #expect(try site.deliver(Payload.user(id: "user_5"), id: "msg_6") == "applied")
    #expect(shows(1, "msg_6"))
    #expect(!site.output.contains("msg_5"))
    process.send(signal)
    #expect(process.exitStatus() == 0)
    #expect(site.output.components(separatedBy: "outcome").count == 2)
  }

  @Test func `One that failed is shown again when it is tried again`() throws {
    let process = try site.start("deliveries", "--follow", "--limit", "1", "--json")
    #expect(shows(1, "msg_failed"))
    let taken = Payload.user(id: "user_4", email: "user_1@example.org")
    #expect(try site.deliver(taken, id: "msg_failed") == "database_error")
    #expect(shows(2, "msg_failed"))
    #expect(shows(1, #""attempts":2"#))
    try site.deliver(Payload.deleted(id: "user_1"), id: "msg_6")
    #expect(try site.deliver(taken, id: "msg_failed") == "applied")
    #expect(shows(3, "msg_failed"))
    #expect(shows(1, #""attempts":3"#))
    #expect(try site.deliver(taken, id: "msg_failed") == "duplicate")
    process.send(SIGINT)
    #expect(process.exitStatus() == 0)
    #expect(site.output.components(separatedBy: "msg_failed").count == 4)
  }

  @Test func `Filters hold for what arrives, too`() throws {
    let process = try site.start("deliveries", "--follow", "--failed", "--user", "user_6", "--json")
    try site.deliver(Payload.user(id: "user_5"), id: "msg_6")
    try site.deliver(Payload.user(id: "user_5", email: "user_2@example.org"), id: "msg_7")
    try site.deliver(Payload.user(id: "user_6", email: "user_1@example.org"), id: "msg_8")
    #expect(shows(1, "msg_8"))
    // Now that it follows, what it must not show comes first again.
    try site.deliver(Payload.user(id: "user_5", email: "user_2@example.org"), id: "msg_7")
    try site.deliver(Payload.user(id: "user_5", email: "user_2@example.org"), id: "msg_9")
    try site.deliver(Payload.user(id: "user_6", email: "user_1@example.org"), id: "msg_8")
    #expect(shows(2, "msg_8"))
    process.send(SIGINT)
    #expect(process.exitStatus() == 0)
    #expect(site.output.split(separator: "\n").count == 2)
  }

  @Test func `A ledger that was emptied is followed from its new beginning`() throws {
    let process = try site.start("deliveries", "--follow", "--json")
    #expect(shows(1, "msg_failed"))
    try site.database.execute("DELETE FROM clerk_sync_deliveries")
    try site.deliver(Payload.user(id: "user_5"), id: "msg_6")
    #expect(shows(1, "msg_6"))
    process.send(SIGINT)
    #expect(process.exitStatus() == 0)
  }

  @Test func `It ends when nobody reads any more`() throws {
    let process = try ChildProcess(
      "/bin/sh",
      ["-c", #"{ "$0" deliveries --follow; echo "$?" >status; } | head -n 1"#, Command.executable],
      environment: ["CLERK_SYNC_DATABASE": "app.db", "PATH": "/usr/bin:/bin"], folder: site.folder.path,
      output: site.folder.file("log"))
    #expect(process.exitStatus() == 0)
    #expect(process.log.split(separator: "\n").count == 1)
    #expect(
      eventually { (try? String(contentsOfFile: site.folder.file("status"), encoding: .utf8)) == "0\n" })
  }
}
