import TestSupport
import Testing

@testable import ClerkSync

@Suite struct PruningTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase(inMemory: true)
  }

  /// Inserts 5000 entries and 2500 tombstones, with the times 1, 2 and so on.
  private func fill() throws {
    try database.store.prepare()
    try database.execute(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
      INSERT INTO clerk_sync_deliveries SELECT 'msg_' || i, NULL, NULL, 'ignored', NULL, 1, i, i FROM n
      """, "REPLACE INTO clerk_sync_counts VALUES (-1, '', '', 4992)",
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
      INSERT INTO clerk_sync_versions SELECT 'user_' || i, i, 2, CASE WHEN i % 2 THEN i END, NULL FROM n
      """)
  }

  @Test(arguments: JournalMode.allCases)
  func `Expired rows are pruned in steps, and no others`(mode: JournalMode) throws {
    try mode.makeDatabase(at: database.path)
    try fill()
    let expected = PrunedRows(deliveries: 3500, tombstones: 1750)
    #expect(try database.store.prunable(before: 3501) == expected)
    var steps: [PrunedRows] = []
    #expect(try database.store.prune(before: 3501) { steps.append($0) } == expected)
    #expect(steps.map(\.deliveries) == [1000, 2000, 3000, 3500])
    #expect(steps.map(\.tombstones) == [1000, 1750, 1750, 1750])
    #expect(try database.store.prunable(before: 3501) == PrunedRows())
    #expect(try database.column("SELECT min(first_seen) FROM clerk_sync_deliveries") == ["3501"])
    #expect(try database.column("SELECT count(*) FROM clerk_sync_versions WHERE deleted IS NULL") == ["2500"])
  }

  @Test func `Deliveries can be written between the steps`() throws {
    try fill()
    var outcomes: [Outcome] = []
    try database.store.prune(before: 3501) { _ in
      if let outcome = try? database.store.apply(Event(.created(.ada("user_\(outcomes.count)")))) {
        outcomes.append(outcome)
      }
    }
    #expect(outcomes.count == 4)
  }
}
