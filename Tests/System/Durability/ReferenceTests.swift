import TestSupport
import Testing

/// Tests of foreign keys of the application's tables when Clerk deletes a user.
@Suite(.programs) struct ReferenceTests {
  private let handler: Handler
  private let database: DatabaseFile

  init() throws {
    handler = try Handler(in: TemporaryFolder(inMemory: true))
    database = DatabaseFile(handler.folder.file("app.db"))
    for id in ["user_1", "user_2"] {
      #expect(try handler.answer(SignedDelivery(Payload.user(id: id)))?.status == 200)
    }
  }

  @Test(
    arguments: [
      ("CASCADE", "CREATE TABLE posts (author TEXT REFERENCES users (id) ON DELETE CASCADE)", ["user_2"]),
      (
        "SET NULL", "CREATE TABLE posts (author TEXT REFERENCES users (id) ON DELETE SET NULL)",
        [nil, "user_2"]
      ),
    ] as [(String, StaticString, [String?])])
  func `Rows that reference a deleted user follow their ON DELETE rule`(
    rule: String, table: StaticString, left: [String?]
  ) throws {
    try database.execute(table, "INSERT INTO posts VALUES ('user_1'), ('user_2')")
    let deletion = try SignedDelivery(Payload.deleted(id: "user_1"))
    #expect(try handler.answer(deletion)?["outcome"] == "applied")
    #expect(try database.rows("SELECT id FROM users") == [["user_2"]])
    #expect(try database.rows("SELECT author FROM posts ORDER BY author") == left.map { [$0] })
  }

  @Test(
    arguments: [
      ("RESTRICT", "CREATE TABLE posts (author TEXT REFERENCES users (id) ON DELETE RESTRICT)"),
      ("NO ACTION", "CREATE TABLE posts (author TEXT REFERENCES users (id))"),
      ("deferred", "CREATE TABLE posts (author TEXT REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED)"),
    ] as [(String, StaticString)])
  func `A reference that blocks the deletion is reported, and delays it until it is removed`(
    rule: String, table: StaticString
  ) throws {
    try database.execute(
      table, "CREATE TABLE likes (author TEXT REFERENCES users (id) ON DELETE CASCADE)",
      "INSERT INTO posts VALUES ('user_1')", "INSERT INTO likes VALUES ('user_1')")
    let deletion = try SignedDelivery(Payload.deleted(id: "user_1"))
    let everything: StaticString = "SELECT id, (SELECT author FROM likes) FROM users ORDER BY id"
    let before = try database.rows(everything, columns: 2)

    let refusal = try handler.answer(deletion)
    #expect(refusal?.status == 500)
    #expect(refusal?["error"] == "database_error")
    #expect(refusal?.standardError.contains("FOREIGN KEY constraint failed") == true)
    #expect(refusal?.standardError.contains("a constraint of this database forbids the change") == true)
    #expect(try database.rows(everything, columns: 2) == before)
    let failed = try entry(of: deletion)
    #expect(failed.prefix(2) == ["failed", "1"])
    #expect(failed[2]?.contains("FOREIGN KEY constraint failed") == true)

    try database.execute("DELETE FROM posts")
    #expect(try handler.answer(deletion)?["outcome"] == "applied")
    #expect(try database.rows("SELECT id FROM users") == [["user_2"]])
    #expect(try database.rows("SELECT author FROM likes") == [])
    #expect(try entry(of: deletion) == ["applied", "2", nil])
  }

  /// The ledger's entry for the deletion.
  private func entry(of deletion: SignedDelivery) throws -> [String?] {
    let ledger = try database.rows(
      "SELECT svix_id, outcome, attempts, error FROM clerk_sync_deliveries", columns: 4)
    return Array(try #require(ledger.first { $0[0] == deletion.id }).dropFirst())
  }
}
