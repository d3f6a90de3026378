import Foundation
import TestSupport
import Testing

@Suite(.programs) struct DeliveriesTests {
  private let site: ReadingSite

  init() throws {
    site = try ReadingSite()
    try site.fill()
  }

  @Test func `The newest delivery is last, and a failure has its cause`() throws {
    let command = try site.run("deliveries")
    #expect(command.status == 0)
    #expect(command.errors.isEmpty)
    #expect(command.lines.count == 7)
    #expect(command.lines[0].hasPrefix("time                 outcome  type "))
    #expect(command.lines[5].contains(/\ ignored  session.created +- +msg_5 +-$/))
    #expect(command.lines[6].contains(/\ failed .*user_4 +msg_failed +attempt 1: database_error: .*user_1/))
    #expect(!command.output.contains("example.org"))
  }

  @Test(
    arguments: [
      (["--failed"], ["msg_failed"]), (["--type", "session.created"], ["msg_5"]),
      (["--user", "user_3"], ["msg_3", "msg_4"]), (["--limit", "2"], ["msg_5", "msg_failed"]),
      (["--since", "1h", "--limit", "1"], ["msg_failed"]),
      (["--since", "2020-01-31", "--user", "user_3", "--type", "user.deleted"], ["msg_4"]),
      (["--since", "2020-01-31 08:30:00", "--user", "user_1"], ["msg_1"]),
    ])
  func `The options filter the list`(arguments: [String], ids: [String]) throws {
    let command = try Command.run(
      ["deliveries", "--json", "--database", "app.db"] + arguments, in: site.folder)
    #expect(command.status == 0)
    #expect(command.lines.map { $0.replacing(/^.*"id":"([^"]*)".*$/) { $0.1 } } == ids)
  }

  @Test func `Refused deliveries are a list of their own, and no failures`() throws {
    #expect(try site.run("deliveries", "--refused").status == 1)
    #expect(try site.deliver("no JSON", id: "msg_refused") == "malformed_event")
    let command = try site.run("deliveries", "--refused")
    #expect(command.status == 0)
    #expect(command.lines.count == 2)
    #expect(
      command.lines[1].contains(/\ refused .* msg_refused +attempt 1: malformed_event: the body is not JSON$/)
    )
    #expect(try site.run("deliveries", "--failed").lines.count == 2)
    #expect(!(try site.run("retry-list").output.contains("msg_refused")))
    #expect(try site.run("stats").lines.contains { $0.contains(/^refused +1$/) })
    let both = try site.run("deliveries", "--failed", "--refused")
    #expect(both.status == 64)
    #expect(both.errors.contains("--failed and --refused exclude each other"))
  }

  @Test func `--since refers to the last attempt`() throws {
    try site.database.execute(
      "UPDATE clerk_sync_deliveries SET last_seen = last_seen - 3 * 86400000 WHERE rowid < 5")
    #expect(try site.run("deliveries", "--since", "2d").lines.count == 3)
    #expect(try site.run("deliveries", "--since", "1w").lines.count == 7)
  }

  @Test(arguments: [["--type", "x"], ["--user", "x"], ["--since", "2100-01-01"]])
  func `An empty result is reported in one line`(arguments: [String]) throws {
    let command = try Command.run(["deliveries", "--database", "app.db"] + arguments, in: site.folder)
    #expect(command.status == 1)
    #expect(command.output.isEmpty)
    #expect(command.errors == "clerk-sync: no delivery found\n")
  }

  @Test func `A missing database is reported, and not created`() throws {
    for name in ["users", "organizations", "deliveries", "stats", "prune", "retry-list"] {
      let command = try site.run(name, "--database", "other.db")
      #expect(command.status == 2)
      #expect(command.output.isEmpty)
      #expect(command.errors.hasPrefix("clerk-sync: other.db does not exist yet: "))
      #expect(command.errors.hasSuffix("clerk-sync init\n"))
    }
    #expect(!FileManager.default.fileExists(atPath: site.folder.file("other.db")))
  }

  @Test(
    arguments: [
      "yesterday", "2h30m", "2 h", "h", "-2h", "+2h", "99999999999999999999d", "2026-13-01", "2026-02-30",
      "2026-11-2",
      "2026-11-20T10:00:00", "2026-11-20 25:00:00",
    ])
  func `An invalid time is reported with the expected format`(time: String) throws {
    let command = try site.run("deliveries", "--since=\(time)")
    #expect(command.status == 64)
    #expect(
      command.errors.hasSuffix(
        ": expected an age such as 2h or 90d, or a date such as 2026-11-20, in UTC; see --help\n"))
    #expect(command.errors.split(separator: "\n").count == 1)
  }

  @Test func `An invalid limit is reported with the expected range`() throws {
    let command = try site.run("deliveries", "--limit", "many")
    #expect(command.status == 64)
    #expect(command.errors.hasSuffix(": expected a whole number from 1 to 1000000000; see --help\n"))
  }
}
