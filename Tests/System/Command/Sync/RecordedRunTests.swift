import Foundation
import TestSupport
import Testing

/// Tests of what `reconcile` records about a comparison.
@Suite(.waits) struct RecordedRunTests {
  /// A comparison, as `stats --json` shows it.
  private struct Record: Decodable {
    struct Figures: Decodable {
      let found: [String: Int]
      let remaining: [String: Int]
      let foreign: Int
      let unusable: Int
    }

    let entity: String
    let started: Int64
    let ended: Int64?
    let applied: Bool
    let succeeded: Bool
    let lastSuccess: Int64?
    let figures: Figures?
    let driftSince: Int64?
  }

  private struct Statistics: Decodable {
    let reconciliations: [Record]?
  }

  private static let oneEach = ["missing": 1, "different": 1, "extra": 1]
  private static let none = ["missing": 0, "different": 0, "extra": 0]

  private let site: SyncingSite

  init() throws {
    site = try SyncingSite(.init(count: 20))
    try #require(site.run("backfill").status == 0)
  }

  private func records() throws -> [Record] {
    let stats = try Command.run(["stats", "--json", "--database", "app.db"], in: site.folder)
    return try JSONDecoder().decode(Statistics.self, from: Data(stats.output.utf8)).reconciliations ?? []
  }

  /// Makes one difference of each kind.
  private func drift() throws {
    try site.database.execute(
      "DELETE FROM users WHERE id = 'user_0000001'",
      "UPDATE users SET firstName = 'Eve' WHERE id = 'user_0000002'")
    site.clerk.settings.changes["user_0000003"] = .some(nil)
  }

  @Test func `A dry run records the drift that it leaves, and --apply what it repaired`() throws {
    #expect(try records().isEmpty)
    try drift()
    #expect(try site.run("reconcile").status == 1)
    let dry = try #require(try records().first)
    #expect(try records().count == 1)
    #expect(dry.entity == "user" && dry.succeeded && !dry.applied)
    let end = try #require(dry.ended)
    #expect(dry.started <= end && dry.lastSuccess == end && dry.driftSince == end)
    let figures = try #require(dry.figures)
    #expect(figures.found == Self.oneEach && figures.remaining == Self.oneEach)
    #expect(figures.foreign == 0 && figures.unusable == 0)

    #expect(try site.run("reconcile", "--apply").status == 0)
    let repair = try #require(try records().first)
    #expect(repair.succeeded && repair.applied && repair.driftSince == nil)
    #expect(repair.figures?.found == Self.oneEach && repair.figures?.remaining == Self.none)
    #expect(try #require(repair.lastSuccess) >= end)
  }

  @Test func `Drift remains where the limit on deletions stopped the repair`() throws {
    for number in 3...6 { site.clerk.settings.changes[ClerkServer.user(number).id] = .some(nil) }
    for _ in 1...2 { #expect(try site.run("reconcile", "--apply").status == 2) }
    let record = try #require(try records().first)
    #expect(record.succeeded && record.applied)
    #expect(record.figures?.remaining == ["missing": 0, "different": 0, "extra": 4])
    // Two runs in a row have left it.
    #expect(try #require(record.driftSince) < #require(record.lastSuccess))
  }

  @Test(arguments: [("401", 78), ("500", 2), ("cut", 2)] as [(String, Int32)])
  func `A run that Clerk refuses or cuts off is no success`(fault: String, status: Int32) throws {
    try drift()
    #expect(try site.run("reconcile").status == 1)
    let before = try #require(try records().first)
    // Every try at the page.
    for number in 1...6 { site.clerk.settings.faults["\(site.clerk.pages + number)"] = fault }
    #expect(try site.run("reconcile", "--apply").status == status)
    let after = try #require(try records().first)
    #expect(!after.succeeded && after.applied && after.ended != nil)
    #expect(after.started > before.started && after.lastSuccess == before.lastSuccess)
    #expect(after.figures?.remaining == Self.oneEach && after.driftSince == before.driftSince)
  }

  @Test func `A run that is killed is recorded without an end`() throws {
    #expect(try site.run("reconcile").status == 0)
    let process = try site.start("reconcile", upToPage: 1)
    process.send(SIGKILL)
    _ = process.exitStatus()
    let record = try #require(try records().first)
    #expect(record.ended == nil && !record.succeeded)
    #expect(try #require(record.lastSuccess) <= record.started)
  }

  @Test func `A comparison with a file is not recorded`() throws {
    #expect(try site.run("reconcile", "--file", "-", standardInput: "[]").status == 1)
    #expect(try records().isEmpty)
  }

  @Test func `Without write access a dry run compares, and says that it is not recorded`() throws {
    try drift()
    let (database, folder) = (site.folder.file("read/app.db"), site.folder.file("read"))
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try site.database.execute("PRAGMA journal_mode = DELETE")
    try FileManager.default.moveItem(atPath: site.folder.file("app.db"), toPath: database)
    let before = FileManager.default.contents(atPath: database)
    for (path, mode) in [(database, 0o444), (folder, 0o555)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder) }
    let (dry, repair) = (try unprivileged("--json"), try unprivileged("--apply"))
    #expect(dry.status == 1)
    let summary = dry.log.split(separator: "\n").last { $0.hasPrefix("{") }
    #expect(
      summary?.contains(#""different":1,"entity":"user","extra":1,"foreign":0,"missing":1"#) == true,
      "\(dry.log)")
    let complaint = "clerk-sync: not recorded: read/app.db cannot be written"
    #expect(dry.log.ranges(of: complaint).count == 1, "\(dry.log)")
    #expect(repair.status == 2)
    #expect(repair.log.hasPrefix("clerk-sync: read/app.db cannot be written"), "\(repair.log)")
    #expect(FileManager.default.contents(atPath: database) == before)
  }

  /// Compares read/app.db, without root's right to write everywhere. Returns the output and the errors together.
  private func unprivileged(_ option: String) throws -> (status: Int32?, log: String) {
    let prefix = geteuid() == 0 ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] : []
    let process = try ChildProcess(
      "/usr/bin/env",
      prefix + [
        Command.executable, "reconcile", option, "--database", "read/app.db", "--api-url", site.clerk.url,
      ], environment: ["CLERK_SECRET_KEY": ClerkServer.key], folder: site.folder.path,
      output: site.folder.file("log"))
    return (process.exitStatus(), process.log)
  }

  @Test func `Tables of the first release are left as they are`() throws {
    try FirstRelease.makeDatabase(at: site.folder.file("old.db"))
    let old = DatabaseFile(site.folder.file("old.db"))
    let command = try site.run("reconcile", "--database", "old.db")
    #expect(command.status == 2)
    #expect(command.errors.contains("has the clerk_sync tables of an older version"))
    #expect(command.errors.split(separator: "\n").count == 1)
    #expect(try old.rows("SELECT name FROM sqlite_schema WHERE name = 'clerk_sync_reconciliations'").isEmpty)
  }

  @Test func `stats shows the comparison, and doctor its drift`() throws {
    let empty = try Command.run(["stats", "--database", "app.db"], in: site.folder)
    #expect(!empty.output.contains("compared"))
    #expect(try !doctor().contains("reconcile"))
    #expect(try site.run("reconcile").status == 0)
    #expect(try doctor().contains(/ok +reconcile +users: no differences from Clerk, \d+ s ago/))
    try drift()
    #expect(try site.run("reconcile").status == 1)
    #expect(try doctor().contains(/warning +reconcile +users: differences from Clerk since .*, now 3/))
    let shown = try Command.run(["stats", "--database", "app.db"], in: site.folder).lines.suffix(2)
    #expect(
      shown.map {
        $0.replacing(/\d+ s ago|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, with: "TIME").split(separator: " ").joined(
          separator: " ")
      } == [
        "compared last run result last success missing different extra drift since",
        "users TIME compared TIME 1 1 1 TIME",
      ])
    try site.database.execute(
      "UPDATE clerk_sync_reconciliations SET drift_since = NULL, last_success = last_success - 200000000")
    #expect(
      try doctor().contains(/warning +reconcile +users: no comparison with Clerk has succeeded since 2/))
  }

  private func doctor() throws -> String {
    let environment = ["CLERK_WEBHOOK_SIGNING_SECRET": SignedDelivery.secret]
    return try Command.run(
      ["doctor", "--database", site.folder.file("app.db")], environment: environment, in: site.folder
    ).output
  }
}
