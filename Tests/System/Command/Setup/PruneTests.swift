import TestSupport
import Testing

@Suite(.programs) struct PruneTests {
  private let site: ReadingSite

  init() throws {
    site = try ReadingSite()
    try site.fill()
    try site.database.execute(
      "UPDATE clerk_sync_deliveries SET first_seen = first_seen - 100 * 86400000 WHERE rowid < 3",
      "UPDATE clerk_sync_deliveries SET first_seen = first_seen - 10 * 86400000 WHERE rowid = 3",
      "UPDATE clerk_sync_versions SET deleted = deleted - 100 * 86400000")
  }

  private func remaining() throws -> [String?] {
    try site.database.rows(
      "SELECT (SELECT count(*) FROM clerk_sync_deliveries) || ' ' || (SELECT count(deleted) FROM clerk_sync_versions)"
    ).map(\.[0])
  }

  @Test(
    arguments: [
      ([], [:], "removed 2 ledger entries and 1 tombstone older than ", "4 0"),
      (["--older-than", "1w"], [:], "removed 3 ledger entries and 1 tombstone older than ", "3 0"),
      (
        [], ["CLERK_SYNC_RETENTION_DAYS": "200"], "removed 0 ledger entries and 0 tombstones older than ",
        "6 1"
      ),
      (["--dry-run"], [:], "would remove 2 ledger entries and 1 tombstone older than ", "6 1"),
    ] as [([String], [String: String], String, String)])
  func `Expired rows are removed`(
    arguments: [String], environment: [String: String], words: String, left: String
  ) throws {
    let command = try Command.run(
      ["prune", "--database", "app.db"] + arguments, environment: environment, in: site.folder)
    #expect(command.status == 0)
    #expect(command.errors.isEmpty)
    #expect(command.output.hasPrefix(words))
    #expect(try remaining() == [left])
  }

  @Test(
    arguments: [
      ("23h", "expected at least 1d"), ("0d", "expected at least 1d"),
      ("90", "expected a whole number and s, m, h, d or w"),
      ("x", "expected a whole number and s, m, h, d or w"),
      ("-1d", "expected a whole number and s, m, h, d or w"),
      ("9999999d", "expected a whole number and s, m, h, d or w"),
    ])
  func `An invalid age is reported with the expected format`(age: String, words: String) throws {
    let command = try site.run("prune", "--older-than=\(age)")
    #expect(command.status == 64)
    #expect(command.errors.contains(words))
    #expect(command.errors.split(separator: "\n").count == 1)
    #expect(try remaining() == ["6 1"])
  }
}
