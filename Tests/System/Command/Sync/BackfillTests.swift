import Foundation
import TestSupport
import Testing

@Suite(.waits) struct BackfillTests {
  @Test func `A backfill of 100,000 users survives two interruptions, with the memory for 10,000`()
    throws
  {
    let small = try SyncingSite(.init(count: 10_000))
    let process = try small.start("backfill", upToPage: 21)
    let memory = try process.peakMemory
    process.send(SIGKILL)

    let site = try SyncingSite(.init(count: 100_000))
    for pages in [41, 81] {
      let process = try site.start("backfill", upToPage: pages)
      process.send(SIGINT)
      #expect(process.exitStatus() == 1)
      #expect(site.errors.contains("interrupted; run the same command to resume"))
      site.clerk.settings.hold = nil
      let attributes = try FileManager.default.attributesOfItem(atPath: site.folder.file("app.db.backfill"))
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
    // 40 and 80 pages were written; the page held back is requested again.
    let last = try site.start("backfill", upToPage: 81)
    #expect(site.errors.hasPrefix("clerk-sync: resuming after user_0059999, user 60000\n"))
    #expect(try Double(last.peakMemory) < 1.3 * Double(memory))
    site.clerk.settings.hold = nil
    #expect(last.exitStatus() == 0)
    #expect(site.output.contains("100000  created"))
    #expect(try site.differences(100_000).isEmpty)
    #expect(!FileManager.default.fileExists(atPath: site.folder.file("app.db.backfill")))
  }

  @Test func `A value that is nested too deeply stops no other user of its page`() throws {
    let site = try SyncingSite(.init(count: 600, changes: ["user_0000501": .init(nesting: 600)]))
    let command = try site.run("backfill")
    #expect(command.status == 0, "\(command.errors)")
    #expect(
      command.errors.contains(
        "clerk-sync: user_0000501: JSON nested deeper than 100 levels counts as null: unsafe_metadata.0.0.0.0…\n"
      ),
      "\(command.errors)")
    #expect(try site.differences(600).isEmpty)
  }

  @Test func `A killed backfill resumes after its last page`() throws {
    let changes = [ClerkServer.user(7).id: ClerkServer.Changes(addresses: [])]
    let site = try SyncingSite(.init(count: 3000, changes: changes))
    let process = try site.start("backfill", upToPage: 4)
    process.send(SIGKILL)
    #expect(process.diesOfSignal())
    site.clerk.settings.hold = nil
    let requests = site.clerk.requests.count
    let again = try site.run("backfill")
    // The first page contained a user that cannot be stored. The saved position keeps the reason.
    #expect(again.status == 1)
    #expect(again.output.contains("2999  created"))
    #expect(again.output.contains("user_0000007  no primary e-mail address"))
    let page = site.clerk.requests.dropFirst(requests).first { $0.contains("limit") }
    #expect(page?.hasSuffix("&starting_after=user_0001499") == true)
    #expect(try site.differences(3000, without: [7]).isEmpty)
  }

  @Test func `--restart starts with the first user`() throws {
    let site = try SyncingSite(.init(count: 1500))
    let process = try site.start("backfill", upToPage: 2)
    process.send(SIGTERM)
    #expect(process.exitStatus() == 1)
    site.clerk.settings.hold = nil
    let again = try site.run("backfill", "--restart")
    #expect(again.output.contains("1000  created"))
    #expect(again.output.contains("500  unchanged"))
    #expect(try site.differences(1500).isEmpty)
  }

  @Test func `A backfill does not resume with another API`() throws {
    let site = try SyncingSite(.init(count: 1500))
    let process = try site.start("backfill", upToPage: 2)
    process.send(SIGINT)
    #expect(process.exitStatus() == 1)
    site.clerk.settings.hold = nil
    let other = try site.run("backfill", "--api-url", "\(site.clerk.url)/")
    #expect(other.status == 2)
    #expect(other.errors.contains("start over with --restart"))
  }

  @Test func `Rate limits, errors and broken connections neither lose nor repeat users`() throws {
    let faults = ["1": "429", "3": "429-date", "5": "500", "7": "cut", "8": "500"]
    let site = try SyncingSite(.init(count: 2500, faults: faults))
    let command = try site.run("backfill")
    #expect(command.status == 0)
    #expect(command.output.contains("2500  created"))
    #expect(command.output.contains(" 0  unchanged"))
    #expect(try site.differences(2500).isEmpty)
    #expect(command.errors.contains("too many requests (HTTP 429); retrying in 1 s"))
    #expect(command.errors.contains("HTTP 500; retrying in 0.25 s"))
    #expect(command.errors.split(separator: "\n").count { $0.contains("; retrying in ") } == 5)
    let cursors = site.clerk.requests.compactMap { $0.split(separator: "starting_after=").dropFirst().last }
    #expect(Set(cursors) == ["user_0000499", "user_0000999", "user_0001499", "user_0001999", "user_0002499"])
  }

  @Test func `A server that returns a user twice is rejected`() throws {
    let site = try SyncingSite(.init(count: 1500, faults: ["2": "repeat"]))
    let command = try site.run("backfill")
    #expect(command.status == 2)
    #expect(
      command.errors == "clerk-sync: Clerk returned user_0000499 twice: expected the users after it; "
        + "the server does not support starting_after\n")
  }

  @Test func `Progress is printed as lines to a file, and as a bar on a terminal`() throws {
    let site = try SyncingSite(.init(count: 1500))
    let process = try site.start("backfill", upToPage: 2)
    Thread.sleep(forTimeInterval: 10.1)
    site.clerk.settings.hold = nil
    #expect(process.exitStatus() == 0)
    #expect(site.errors.contains(" of 1500 users, "))
    #expect(!site.errors.contains("\u{1b}"))

    let command = "\(Command.executable) backfill --database other.db --api-url \(site.clerk.url)"
    let terminal = try ChildProcess(
      "/usr/bin/script", ["-qec", command, "/dev/null"],
      environment: ["CLERK_SECRET_KEY": ClerkServer.key, "TERM": "xterm"], folder: site.folder.path,
      output: site.folder.file("terminal"))
    #expect(terminal.exitStatus() == 0)
    #expect(terminal.log.contains(#/\u{1b}\[K\[#+-*\] \d+ of 1500 users, \d+/s, \d+ s left/#))
  }
}
