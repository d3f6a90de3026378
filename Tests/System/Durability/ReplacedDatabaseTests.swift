import Foundation
import TestSupport
import Testing

/// Tests of a database file that is deleted or replaced while the handler runs.
@Suite(.load) struct ReplacedDatabaseTests {
  private let first: SignedDelivery
  private let second: SignedDelivery

  init() throws {
    first = try SignedDelivery(Payload.user(id: "user_1"))
    second = try SignedDelivery(Payload.user(id: "user_2"))
  }

  private static let leftBehind = [["-wal", "-shm", ""], [""]]

  @Test(arguments: JournalMode.allCases, leftBehind)
  func `A deleted database is created again`(mode: JournalMode, suffixes: [String]) throws {
    let site = try FaultySite(mode)
    let handler = try site.start()
    #expect(try handler.answer(first)?["outcome"] == "applied")
    for suffix in suffixes { try? FileManager.default.removeItem(atPath: site.database + suffix) }
    try expectSound(handler, site, users: [["user_2"]])
    #expect(try handler.answer(first)?["outcome"] == "applied")
  }

  @Test(arguments: JournalMode.allCases, JournalMode.allCases)
  func `A replaced database is used from then on`(
    mode: JournalMode, other: JournalMode
  ) throws {
    let site = try FaultySite(mode)
    let handler = try site.start()
    #expect(try handler.answer(first)?["outcome"] == "applied")
    let backup = try FaultySite(other)
    #expect(try backup.start().answer(SignedDelivery(Payload.user(id: "user_0")))?["outcome"] == "applied")
    try site.replaceData(with: backup)
    try expectSound(handler, site, users: [["user_0"], ["user_2"]])
    #expect(try handler.answer(first)?["outcome"] == "applied")
  }

  @Test(arguments: JournalMode.allCases, ["per-request", "shared"])
  func `The log says once that the tables of the sync were dropped`(
    mode: JournalMode, connection: String
  ) throws {
    let site = try FaultySite(mode)
    let handler = try site.start(environment: ["CLERK_SYNC_CONNECTION": connection])
    #expect(try handler.answer(first)?["outcome"] == "applied")
    #expect(!handler.process.log.contains("dropped"))
    let database = DatabaseFile(site.database)
    try database.execute(
      "DROP TABLE clerk_sync_versions", "DROP TABLE clerk_sync_deliveries", "DROP TABLE clerk_sync_counts",
      "DROP TABLE clerk_sync_schema")
    try expectSound(handler, site, users: [["user_1"], ["user_2"]])
    #expect(try handler.answer(first)?["outcome"] == "applied")
    let lines = handler.process.log.split(separator: "\n").filter { $0.contains("clerk-sync reconcile") }
    #expect(lines.count == 1)
    #expect(lines.first?.contains(" warning request outcome=applied") == true, "\(handler.process.log)")
  }

  /// Expects the second delivery to be applied to the current file.
  private func expectSound(_ handler: Handler, _ site: FaultySite, users: [[String?]]) throws {
    #expect(try handler.answer(second)?["outcome"] == "applied")
    let database = DatabaseFile(site.database)
    #expect(try database.rows("SELECT id FROM users ORDER BY id") == users)
    #expect(try database.rows("PRAGMA integrity_check") == [["ok"]])
    #expect(try handler.isHealthy())
  }
}
