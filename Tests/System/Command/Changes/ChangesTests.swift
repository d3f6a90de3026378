import Foundation
import TestSupport
import Testing

@Suite(.programs) struct ChangesTests {
  private let site: ConsumingSite

  init() throws {
    site = try ConsumingSite()
  }

  @Test func `Changes are listed with what happened, where they came from and by which message`() throws {
    try site.reading.fill()
    let listed = try site.changes()
    #expect(listed.status == 0)
    let rows = listed.lines.map { $0.split(separator: " ").map(String.init) }
    #expect(rows.first == ["number", "time", "change", "kind", "id", "source", "message"])
    let expected = [
      ["1", "created", "user", "user_1", "webhook", "msg_1"],
      ["2", "created", "user", "user_2", "webhook", "msg_2"],
      ["3", "created", "user", "user_3", "webhook", "msg_3"],
      ["4", "deleted", "user", "user_3", "webhook", "msg_4"],
    ]
    #expect(rows.dropFirst().map { [$0[0]] + $0[3...] } == expected)

    let change = try ConsumingSite.object(#require(site.changes("--json").lines.last))
    #expect(Set(change.keys) == ["seq", "entity", "id", "operation", "source", "message_id", "at"])
    #expect(change["seq"] as? Int == 4)
    #expect(change["entity"] as? String == "user")
  }

  @Test func `Options select changes`() throws {
    try site.create(1...5)
    try site.reading.database.execute("UPDATE clerk_sync_changes SET source = 'backfill' WHERE seq = 4")
    func ids(_ arguments: String...) throws -> [Int] {
      try Command.run(
        ["changes"] + arguments + ["--json"],
        environment: ["CLERK_SYNC_DATABASE": site.folder.file("app.db")], in: site.folder
      ).lines.map { try ConsumingSite.object($0)["seq"] as? Int ?? 0 }
    }
    #expect(try ids("--after", "2") == [3, 4, 5])
    #expect(try ids("--after", "2", "--limit", "2") == [3, 4])
    #expect(try ids("--limit", "2") == [4, 5])
    #expect(try ids("--source", "webhook", "--limit", "2") == [3, 5])
    #expect(try ids("--source", "backfill") == [4])
    #expect(try ids("--entity", "organization") == [])
    #expect(try ids("read", "--after", "4") == [5])
    #expect(try site.changes("--entity", "organization").status == 1)
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `--follow prints new changes until a signal`(signal: Int32) throws {
    try site.create(1...2)
    let process = try site.reading.start("changes", "--follow", "--limit", "1")
    #expect(eventually { site.reading.output.contains("user_2") })
    try site.create(3...3)
    #expect(eventually { site.reading.output.contains("user_3") })
    process.send(signal)
    #expect(process.exitStatus() == 0)
    #expect(!site.reading.output.contains("user_1"))
    #expect(site.reading.output.split(separator: "\n").count == 3)
  }

  @Test func `Without a feed, the error says how to have one`() throws {
    let site = try ReadingSite()
    try site.deliver(Payload.user(id: "user_1"))
    for arguments in [[], ["--consumer", "crm", "--exec", "true"], ["failed"]] {
      let listed = try Command.run(
        ["changes"] + arguments, environment: ["CLERK_SYNC_DATABASE": site.folder.file("app.db")],
        in: site.folder)
      #expect(listed.status == 2)
      #expect(listed.errors.contains("set CLERK_SYNC_CHANGES=on"), "\(listed.errors)")
    }
  }

  @Test(arguments: [
    (["--exec", "true"], "--exec needs --consumer"),
    (["--post", "http://127.0.0.1"], "--post needs --consumer"),
    (["--once"], "--once needs --consumer"),
    (["--consumer", "crm"], "either --exec and a command or --post and a URL"),
    (["--consumer", "crm", "--exec", "true", "--post", "http://127.0.0.1"], "either --exec"),
    (["--consumer", "crm", "--exec", "true", "--after", "5"], "--after only lists"),
    (["--consumer", "crm", "--exec", "true", "--json"], "--json only lists"),
    (["--consumer", "../crm", "--exec", "true"], "1 to 64 letters, digits, hyphens and underscores"),
    (["--consumer", "", "--exec", "true"], "1 to 64 letters"),
    (["--consumer", String(repeating: "a", count: 65), "--exec", "true"], "1 to 64 letters"),
    (["--consumer", "crm", "--post", "example.org"], "expected http:// or https://"),
    (["--consumer", "crm", "--exec", "true", "--timeout", "0s"], "expected 1s to 1d"),
    (["--consumer", "crm", "--exec", "true", "--tries", "0"], "expected a whole number"),
    (["--consumer", "crm", "--exec", "true", "--from", "5"], "one of 'now' and 'start'"),
    (["--source", "mail"], "webhook"), (["--entity", "mail"], "user"),
    (["--after", "1", "--limit", "1", "--follow"], "expected two of them"),
    (["drop", "crm"], "Missing expected argument"),
  ])
  func `Wrong options are reported in one line`(arguments: [String], expected: String) throws {
    let command = try Command.run(["changes"] + arguments, in: site.folder)
    #expect(command.status == 64)
    #expect(command.errors.contains(expected), "\(command.errors)")
    #expect(command.errors.split(separator: "\n").count == 1)
    #expect(command.output.isEmpty)
  }
}
