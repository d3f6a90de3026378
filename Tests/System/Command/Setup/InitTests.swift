import Foundation
import TestSupport
import Testing

@Suite(.programs) struct InitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private var database: DatabaseFile { DatabaseFile(folder.file("app.db")) }

  /// Whether the linked SQLite is safe with WAL, as shown by the journal mode of a new database.
  private func usesWAL() throws -> Bool {
    #expect(try Command.run(["init", "--database", "probe.db"], in: folder).status == 0)
    return try DatabaseFile(folder.file("probe.db")).rows("PRAGMA journal_mode") == [["wal"]]
  }

  @Test func `A database is created once`() throws {
    let first = try Command.run(["init", "--database", "app.db"], in: folder)
    #expect(first.status == 0)
    #expect(first.errors.isEmpty)
    #expect(first.lines[0] == "app.db: created, with an empty users table and clerk-sync's own tables")
    #expect(
      first.lines[1].contains(/^journal mode: (wal|delete), because SQLite 3\.\d+\.\d+ .*WAL-reset bug/))
    #expect(try database.rows("SELECT count(*) FROM users") == [["0"]])

    let second = try Command.run(["init", "--database", "app.db"], in: folder)
    #expect(second.status == 0)
    #expect(second.lines[0] == "app.db: already initialized, users table with 0 rows")
    #expect(second.lines[1].contains(/^journal mode: (wal|delete), unchanged$/))
  }

  @Test(arguments: JournalMode.allCases)
  func `The application's database is adopted and keeps its journal mode`(mode: JournalMode) throws {
    try mode.makeDatabase(at: folder.file("app.db"))
    try database.execute(
      """
      CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT UNIQUE, firstName, lastName, password, phone, role, createdAt,
        updatedAt, nickname)
      """, "INSERT INTO users (id) VALUES ('user_1')")
    let command = try Command.run(["init"], environment: ["CLERK_SYNC_DATABASE": "app.db"], in: folder)
    #expect(command.status == 0)
    #expect(
      command.lines == [
        "app.db: adopted, users table with 1 row",
        "tables created: clerk_sync_schema, clerk_sync_deliveries, clerk_sync_counts, clerk_sync_versions",
        "journal mode: \(mode == .wal ? "wal" : "delete"), unchanged",
      ])
    #expect(try database.rows("SELECT id FROM users") == [["user_1"]])
  }

  @Test func `Tables of an older version are upgraded, once`() throws {
    try FirstRelease.makeDatabase(at: folder.file("app.db"))
    let reading = try Command.run(["deliveries", "--database", "app.db"], in: folder)
    #expect(reading.status == 2)
    #expect(
      reading.errors
        == "clerk-sync: app.db has the clerk_sync tables of an older version: the first delivery upgrades them, "
        + "and so does clerk-sync init\n")
    let first = try Command.run(["init", "--database", "app.db"], in: folder)
    #expect(first.status == 0)
    #expect(first.lines.contains("clerk_sync tables: upgraded from version 1 to 2"))
    #expect(first.lines[0] == "app.db: already initialized, users table with 1 row")
    let second = try Command.run(["init", "--database", "app.db"], in: folder)
    #expect(!second.output.contains("upgraded"))
    let refused = try Command.run(["deliveries", "--database", "app.db", "--refused", "--json"], in: folder)
    #expect(refused.lines.count == 3)
    #expect(try database.rows("SELECT id FROM users") == [["user_1"]])
  }

  @Test func `A requested journal mode is set, with a warning if it is unsafe`() throws {
    let isSafe = try usesWAL()
    for _ in 1...2 {
      let command = try Command.run(["init", "--database", "app.db", "--journal-mode", "wal"], in: folder)
      #expect(command.status == (isSafe ? 0 : 1))
      #expect(command.errors.split(separator: "\n").count == (isSafe ? 0 : 1))
      #expect(command.lines.last == "journal mode: wal, as requested")
      #expect(try database.rows("PRAGMA journal_mode") == [["wal"]])
    }
    let command = try Command.run(["init", "--database", "app.db", "--journal-mode", "delete"], in: folder)
    #expect(command.status == 0)
    #expect(try database.rows("PRAGMA journal_mode") == [["delete"]])
  }

  @Test(
    arguments: [
      (["init", "--databas"], ""), (["unknown"], ""), (["init", "extra"], ""),
      (["init", "--journal-mode", "memory"], "'wal'"),
      (["users", "--limit="], "--limit"), (["deliveries", "--since="], "--since"),
      (["prune", "--older-than="], "--older"),
      (["users", "--role="], "--role"), (["users", "user_1", "user_2"], "user_2"), (["stats", "x"], "x"),
      (["retry-list", "x"], "x"), (["deliveries", "x"], "x"), (["prune", "x"], "x"),
    ])
  func `Invalid arguments are reported in one line`(arguments: [String], words: String) throws {
    let command = try Command.run(arguments, in: folder)
    #expect(command.status == 64)
    #expect(command.output.isEmpty)
    #expect(command.errors.split(separator: "\n").count == 1)
    #expect(command.errors.hasPrefix("clerk-sync: "))
    #expect(words.isEmpty || command.errors.contains(words))
  }

  @Test func `A database with its users in another table is not changed`() throws {
    try database.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, email TEXT)")
    let before = FileManager.default.contents(atPath: folder.file("app.db"))
    let command = try Command.run(["init", "--database", "app.db", "--journal-mode", "wal"], in: folder)
    #expect(command.status == 1)
    #expect(command.output.isEmpty)
    #expect(command.errors.hasPrefix("clerk-sync: app.db has no table users, but accounts looks like one: "))
    #expect(command.errors.contains("clerk-sync tables suggest"))
    #expect(command.errors.split(separator: "\n").count == 1)
    #expect(FileManager.default.contents(atPath: folder.file("app.db")) == before)
  }

  @Test func `A table that does not fit is reported, and no table is made beside it`() throws {
    try ApplicationSchema.create("required-username", at: folder.file("app.db"))
    let before = FileManager.default.contents(atPath: folder.file("app.db"))
    let command = try Command.run(["init", "--database", "app.db"], in: folder)
    #expect(command.status == 1)
    #expect(command.output.isEmpty)
    #expect(command.errors.hasPrefix("clerk-sync: app.db: users.username is NOT NULL without a default"))
    #expect(command.errors.split(separator: "\n").count == 1)
    #expect(FileManager.default.contents(atPath: folder.file("app.db")) == before)
  }

  @Test func `Mapped tables are adopted, each by its name`() throws {
    let environment = ["CLERK_SYNC_TABLES": Project.file("conf/tables/organizations.json5")]
    let missing = try Command.run(["init", "--database", "app.db"], environment: environment, in: folder)
    #expect(missing.status == 2)
    #expect(missing.errors.contains("with CLERK_SYNC_TABLES the application creates it"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("app.db")))

    try ApplicationSchema.create("organizations", at: folder.file("app.db"))
    try database.execute("INSERT INTO users (clerk_id) VALUES ('user_1')")
    let command = try Command.run(["init", "--database", "app.db"], environment: environment, in: folder)
    #expect(command.status == 0)
    #expect(
      command.lines.first
        == "app.db: adopted, users table with 1 row, organizations table with 0 rows, memberships table with 0 rows"
    )
  }

  @Test func `A file that is not a database is reported and not changed`() throws {
    try folder.write(String(repeating: "no database ", count: 100), to: "app.db")
    let command = try Command.run(["init", "--database", "app.db"], in: folder)
    #expect(command.status == 2)
    #expect(command.errors.split(separator: "\n").count == 1)
    #expect(command.errors.contains("not a database"))
  }
}
