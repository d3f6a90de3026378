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
  func `New deliveries are printed until a signal`(signal: Int32) throws {
    let process = try site.start("deliveries", "--follow", "--limit", "1")
    #expect(shows(1, "msg_failed"))
    #expect(try site.deliver(Payload.user(id: "user_5"), id: "msg_6") == "applied")
    #expect(shows(1, "msg_6"))
    #expect(!site.output.contains("msg_5"))
    process.send(signal)
    #expect(process.exitStatus() == 0)
    #expect(site.output.components(separatedBy: "outcome").count == 2)
  }

  @Test func `A failed delivery is printed again after each attempt`() throws {
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

  @Test func `A refused delivery is printed again after each attempt`() throws {
    try site.deliver("no JSON", id: "msg_refused")
    let process = try site.start("deliveries", "--follow", "--refused", "--json")
    #expect(shows(1, "msg_refused"))
    #expect(try site.deliver("no JSON", id: "msg_refused") == "malformed_event")
    #expect(shows(2, "msg_refused"))
    #expect(shows(1, #""attempts":2"#))
    process.send(SIGINT)
    #expect(process.exitStatus() == 0)
  }

  @Test func `Filters apply to new deliveries`() throws {
    let process = try site.start("deliveries", "--follow", "--failed", "--user", "user_6", "--json")
    try site.deliver(Payload.user(id: "user_5"), id: "msg_6")
    try site.deliver(Payload.user(id: "user_5", email: "user_2@example.org"), id: "msg_7")
    try site.deliver(Payload.user(id: "user_6", email: "user_1@example.org"), id: "msg_8")
    #expect(shows(1, "msg_8"))
    // Once it follows, a delivery outside the filter comes first again.
    try site.deliver(Payload.user(id: "user_5", email: "user_2@example.org"), id: "msg_7")
    try site.deliver(Payload.user(id: "user_5", email: "user_2@example.org"), id: "msg_9")
    try site.deliver(Payload.user(id: "user_6", email: "user_1@example.org"), id: "msg_8")
    #expect(shows(2, "msg_8"))
    process.send(SIGINT)
    #expect(process.exitStatus() == 0)
    #expect(site.output.split(separator: "\n").count == 2)
  }

  @Test func `An emptied ledger is followed from its new start`() throws {
    let process = try site.start("deliveries", "--follow", "--json")
    #expect(shows(1, "msg_failed"))
    try site.database.execute("DELETE FROM clerk_sync_deliveries")
    try site.deliver(Payload.user(id: "user_5"), id: "msg_6")
    #expect(shows(1, "msg_6"))
    process.send(SIGINT)
    #expect(process.exitStatus() == 0)
  }

  @Test func `--follow ends when its reader closes the pipe`() throws {
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
