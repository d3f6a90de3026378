import Foundation
import SQLite
import TestSupport
import Testing

@testable import ClerkSync

@Suite struct TrialTests {
  @Test(arguments: TrialCases.all)
  func `A table that does not fit is refused with its remedy, and nothing changes`(example: TrialCase) throws
  {
    let database = try MappedDatabase(
      "CREATE TABLE \(example.schema)", "{ user: { table: 'users', \(example.mapping) } }")
    let before = try Data(contentsOf: URL(filePath: database.path))
    let problems = try database.store.trialProblems()
    let problem = try #require(problems.first)
    #expect(problems.count == 1)
    #expect(problem.column == example.column, "\(problem)")
    #expect(problem.what.contains(example.what), "\(problem)")
    #expect(problem.remedy.contains(example.remedy), "\(problem)")
    #expect(!"\(problem)".contains("secret"))
    #expect(try Data(contentsOf: URL(filePath: database.path)) == before)

    // A delivery fails with the same words, and leaves no table.
    let error = #expect(throws: StoreError.self) { try database.apply("user.created", at: 1) }
    #expect(
      error == .tableDoesNotFit(problem: problem.what, remedy: problem.remedy, database: database.path))
    #expect(try Data(contentsOf: URL(filePath: database.path)) == before)
  }

  @Test(arguments: [
    "drizzle", "laravel", "one-name", "organizations", "prisma", "rails", "soft-deletion",
  ])
  func `The example of a schema fits it, and the trial leaves no trace`(name: String) throws {
    let database = try MappedDatabase(
      ApplicationSchema.script(name),
      ConfigurationFile("tables/\(name).json5").text)
    let before = try Data(contentsOf: URL(filePath: database.path))
    #expect(try database.store.trialProblems() == [])
    #expect(try Data(contentsOf: URL(filePath: database.path)) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: database.folder.path) == ["app.db"])
  }

  @Test(arguments: JournalMode.allCases)
  func `What triggers write and the sequence of AUTOINCREMENT are rolled back`(mode: JournalMode) throws {
    let database = try TestDatabase()
    try mode.makeDatabase(at: database.path)
    try ApplicationSchema.run(
      """
      CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, clerk_id TEXT UNIQUE, email TEXT);
      CREATE TABLE audit (id INTEGER PRIMARY KEY AUTOINCREMENT, text);
      CREATE TRIGGER audit AFTER INSERT ON users BEGIN INSERT INTO audit (text) VALUES (new.email); END;
      INSERT INTO users (clerk_id) VALUES ('user_1');
      """, at: database.path)
    var options = UserStore.Options()
    options.mapping = try Mapping(
      json5: "{ user: { table: 'users', key: { clerk_id: 'id' }, columns: { email: 'email' } } }")
    let before = try Data(contentsOf: URL(filePath: database.path))
    #expect(try UserStore(database: database.path, options: options).trialProblems() == [])
    #expect(try Data(contentsOf: URL(filePath: database.path)) == before)
    #expect(
      try database.column("SELECT name || seq FROM sqlite_sequence ORDER BY name") == ["audit1", "users1"])
    #expect(try database.column("SELECT count(*) FROM users") == ["1"])
  }

  @Test func `A locked database is reported within seconds`() throws {
    let database = try TestDatabase()
    try database.store.prepare()
    let other = try database.open()
    try other.run("BEGIN IMMEDIATE")
    let start = ContinuousClock.now
    #expect(throws: StoreError.locked(database: database.path)) { try database.store.trialProblems() }
    #expect(ContinuousClock.now - start < .seconds(4))
  }

  @Test(
    arguments: [
      ("required-username", "users.username is NOT NULL without a default", "tables suggest"),
      (
        "checked-role", "users.role permits only USER, ADMIN, and the mapping writes \"admin\"",
        "CLERK_SYNC_ROLES"
      ),
      ("drizzle", "users has no column firstName", "tables suggest"),
      ("prisma", "there is no table users, but User looks like one", "tables suggest"),
    ])
  func `A users table that the built-in mapping does not fit is refused`(
    schema: String, what: String, remedy: String
  ) throws {
    let database = try TestDatabase()
    try ApplicationSchema.create(schema, at: database.path)
    let problem = try #require(try database.store.trialProblems().first)
    #expect(problem.what.hasPrefix(what), "\(problem)")
    #expect(problem.remedy.contains(remedy), "\(problem)")
    for use in [{ try database.store.prepare() }, { _ = try database.store.create(.ada()) }] {
      #expect(throws: StoreError.self) { try use() }
      #expect(try database.column("SELECT name FROM sqlite_schema WHERE name GLOB 'clerk_sync_*'") == [])
    }
  }

  @Test func `The built-in table need not exist yet, and an initialized database is not tried`() throws {
    let database = try TestDatabase()
    try database.execute("CREATE TABLE bookings (id)")
    #expect(try database.store.trialProblems() == [])
    #expect(try database.column("SELECT name FROM sqlite_schema") == ["bookings"])
    try database.store.prepare()
    try database.execute(
      "CREATE TABLE log (id)",
      "CREATE TRIGGER log AFTER INSERT ON users BEGIN INSERT INTO log VALUES (1); END")
    try database.execute("CREATE TRIGGER guard BEFORE DELETE ON users BEGIN SELECT raise(ABORT, 'no'); END")
    try database.store.create(.ada())
    #expect(try database.column("SELECT count(*) FROM log") == ["1"])
    #expect(
      try database.store.trialProblems().first?.what == "users: a trigger refuses a deletion: guard, log")
  }

  @Test func `A lookup of rows that only the application makes is no problem`() throws {
    let database = try MappedDatabase(
      """
      CREATE TABLE plans (id INTEGER PRIMARY KEY, name TEXT);
      CREATE TABLE users (id TEXT PRIMARY KEY, plan INTEGER NOT NULL REFERENCES plans)
      """,
      """
      { user: { table: 'users', key: { id: 'id' }, columns: {
        plan: { lookup: { table: 'plans', where: { name: 'public_metadata.plan' }, take: 'id' } } } } }
      """)
    #expect(try database.store.trialProblems() == [])
  }

  @Test func `A membership whose lookup misses is refused, and the other tables fit`() throws {
    let database = try MappedDatabase(
      """
      CREATE TABLE users (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE);
      CREATE TABLE members (id TEXT PRIMARY KEY, user INTEGER NOT NULL)
      """,
      """
      { user: { table: 'users', key: { clerk_id: 'id' } },
        organizationMembership: { table: 'members', key: { id: 'id' }, columns: {
          user: { lookup: { table: 'users', where: { id: 'public_user_data.user_id' }, take: 'id' } } } } }
      """)
    let problems = try database.store.trialProblems()
    #expect(problems.map(\.entity) == [.organizationMembership])
    #expect(problems.first?.what == "members.user is NOT NULL, and its lookup finds no row of users")
  }

  @Test func `Metadata is not made up unless the table requires it`() throws {
    let database = try MappedDatabase(
      """
      CREATE TABLE users (id TEXT PRIMARY KEY, country TEXT CHECK (length(country) = 2),
        credits INTEGER NOT NULL, plan TEXT NOT NULL CHECK (plan IN ('free', 'paid'))) STRICT
      """,
      """
      { user: { table: 'users', key: { id: 'id' }, columns: { country: 'public_metadata.country',
        credits: 'public_metadata.credits', plan: 'private_metadata.plan' } } }
      """)
    #expect(try database.store.trialProblems() == [])
  }

  @Test func `A mapped database is not created`() throws {
    let database = try TestDatabase()
    var options = UserStore.Options()
    options.mapping = try Mapping(json5: "{ user: { table: 'users', key: { id: 'id' } } }")
    let store = UserStore(database: database.path, options: options)
    #expect(throws: StoreError.missingApplication(database: database.path)) { try store.prepare() }
    #expect(!FileManager.default.fileExists(atPath: database.path))
  }
}
