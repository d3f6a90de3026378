import TestSupport
import Testing

/// A database under load that records every write to the users table.
struct LoadedDatabase {
  let path: String

  init(_ path: String, mode: JournalMode) throws {
    self.path = path
    try mode.create(at: path)
    try ApplicationSchema.create("built-in", at: path)
    try DatabaseFile(path).execute(
      "CREATE TABLE written (message TEXT)",
      "CREATE TRIGGER inserted AFTER INSERT ON users BEGIN INSERT INTO written VALUES (new.firstName); END",
      "CREATE TRIGGER updated AFTER UPDATE ON users BEGIN INSERT INTO written VALUES (new.firstName); END")
  }

  /// Expects every delivery of the load exactly once, with the outcomes in the responses.
  func expectEquals(_ load: Load) throws {
    let entries = try expectContents(of: load)
    let tally = load.tally
    for (message, outcome) in tally.outcomes {
      let fits = outcome == "duplicate" ? tally.repeated.contains(message) : outcome == entries[message]
      #expect(fits, "\(message) was \(outcome), \(load.seed)")
    }
  }

  /// Expects every delivery of the load exactly once. Returns the outcomes in the ledger by message id.
  @discardableResult
  func expectContents(of load: Load) throws -> [String: String] {
    let file = DatabaseFile(path)
    #expect(try file.rows("PRAGMA integrity_check") == [["ok"]], load.seed)

    let users = try file.rows("SELECT id, firstName FROM users", columns: 2)
    #expect(Set(users) == Set(load.users.map { [$0, $1] }), load.seed)
    #expect(users.count == load.users.count, load.seed)

    // The ledger contains exactly the messages answered with 200.
    let ledger = try file.rows("SELECT svix_id, outcome FROM clerk_sync_deliveries", columns: 2)
    let entries = Dictionary(uniqueKeysWithValues: ledger.map { ($0[0] ?? "", $0[1] ?? "") })
    #expect(Set(entries.keys) == Set(load.tally.outcomes.keys), load.seed)

    let written = try file.rows("SELECT message FROM written ORDER BY message")
    let applied = try file.rows(
      """
      SELECT svix_id FROM clerk_sync_deliveries
      WHERE outcome = 'applied' AND type <> 'user.deleted' ORDER BY svix_id
      """)
    #expect(written == applied, load.seed)
    return entries
  }
}
