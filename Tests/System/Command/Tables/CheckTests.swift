import Foundation
import SQLite
import TestSupport
import Testing

/// Tests of `tables check` and `tables show`.
@Suite(.programs) struct CheckTests {
  private let folder: TemporaryFolder
  private static let membership =
    "organizationMembership  memberships    organization_id  organizations.id where clerk_id = organization.id "

  init() throws {
    folder = try TemporaryFolder()
  }

  private func run(_ arguments: String..., tables: String? = nil) throws -> Command {
    let environment = tables.map { ["CLERK_SYNC_TABLES": $0] } ?? [:]
    return try Command.run(["tables"] + arguments, environment: environment, in: folder)
  }

  @Test func `Each mapped table that fits is ok, and the file does not change`() throws {
    try ApplicationSchema.create("organizations", at: folder.file("app.db"))
    let before = FileManager.default.contents(atPath: folder.file("app.db"))
    let command = try run(
      "check", "--database", "app.db", tables: Project.file("conf/tables/organizations.json5"))
    #expect(command.status == 0)
    #expect(
      command.lines == [
        "entity                  table          result", "user                    users          ok",
        "organization            organizations  ok", "organizationMembership  memberships    ok",
      ])
    #expect(FileManager.default.contents(atPath: folder.file("app.db")) == before)
  }

  @Test(
    arguments: [
      (
        "required-username",
        "users.username is NOT NULL without a default, and the mapping does not write it: give it"
      ),
      (
        "checked-role",
        "users.role permits only USER, ADMIN, and the mapping writes \"admin\": set CLERK_SYNC_ROLES to"
      ),
      (
        "one-name",
        "users has no column firstName, lastName, role, updatedAt, createdAt, password, phone; it has id"
      ),
      (
        "prisma",
        "there is no table users, but User looks like one: use the mapping that clerk-sync tables suggest"
      ),
    ])
  func `A table that does not fit the built-in mapping is a line with the remedy`(
    schema: String, line: String
  ) throws {
    try ApplicationSchema.create(schema, at: folder.file("app.db"))
    let command = try run("check", "--database", "app.db")
    #expect(command.status == 1)
    #expect(command.errors.isEmpty)
    #expect(command.lines.count == 2)
    #expect(command.lines.last?.hasPrefix("user    users  \(line)") == true, "\(command.output)")
  }

  @Test func `A suggested mapping fits its database`() throws {
    try ApplicationSchema.create("drizzle", at: folder.file("app.db"))
    try folder.write("{ user: { tabel: 'x' } }", to: "tables.json5")
    let suggestion = try run("suggest", "--database", "app.db", tables: "tables.json5")
    #expect(suggestion.status == 0, "\(suggestion.errors)")
    let broken = try run("check", "--database", "app.db", tables: "tables.json5")
    #expect(broken.status == 78)
    #expect(broken.errors.contains("tables.json5: user.tabel: expected one of table, key"))
    try folder.write(suggestion.output, to: "tables.json5")
    let check = try run("check", "--database", "app.db", tables: "tables.json5")
    #expect(check.status == 0, "\(check.output)")
  }

  @Test func `A foreign key that blocks a deletion through another table, or an update, is a line`() throws {
    try ApplicationSchema.create("indirect-reference", at: folder.file("app.db"))
    try ApplicationSchema.run(
      "CREATE TABLE contacts (address TEXT REFERENCES users (email) ON DELETE CASCADE)",
      at: folder.file("app.db"))
    let command = try run("check", "--database", "app.db")
    #expect(command.status == 1)
    #expect(
      command.lines.dropFirst() == [
        "user    users     ok",
        "user    payments  payments.orderId has ON DELETE NO ACTION: a user with such rows, through orders, cannot be "
          + "deleted; declare it ON DELETE CASCADE or ON DELETE SET NULL",
        "user    contacts  contacts.address references users.email and has ON UPDATE NO ACTION: users.email of a user with "
          + "such rows cannot change; declare it ON UPDATE CASCADE, or let it reference users.id, which never changes",
      ])
  }

  @Test func `A missing database is not created, and a locked one is said to be locked`() throws {
    let missing = try run("check", "--database", "app.db")
    #expect(missing.status == 2)
    #expect(missing.errors.contains("app.db does not exist yet"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("app.db")))
    try ApplicationSchema.run("CREATE TABLE other (id)", at: folder.file("app.db"))
    let other = try Connection.open(folder.file("app.db"))
    try other.run("BEGIN IMMEDIATE")
    let locked = try run("check", "--database", "app.db")
    #expect(locked.status == 2)
    #expect(locked.errors.contains("app.db is locked by another program"))
  }

  @Test func `The mapping in use is shown, as a table and as SQL`() throws {
    let builtIn = try run("show")
    #expect(builtIn.status == 0)
    #expect(builtIn.lines.count == 10)
    for line in [
      "user    users  id         id ", "user    users  email      email, else the event is refused ",
      "user    users  role       public_metadata.role, one of admin, trainer, client, else \"client\"  every change",
      "user    users  createdAt  the time of the write as ms ",
    ] { #expect(builtIn.output.contains(line), "\(builtIn.output)") }

    let mapped = try run("show", tables: Project.file("conf/tables/organizations.json5"))
    #expect(mapped.output.contains(Self.membership), "\(mapped.output)")
    let sql = try run("show", "--sql", tables: Project.file("conf/tables/soft-deletion.json5"))
    #expect(sql.status == 0)
    #expect(sql.lines.contains("-- user: adoption of a matching row"))
    #expect(
      sql.lines.contains(
        "UPDATE `users` SET `deleted_at` = ?2, `email` = ?3, `first_name` = ?4, `last_name` = ?5 "
          + "WHERE `clerk_id` = ?1;"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("data")))
  }
}
