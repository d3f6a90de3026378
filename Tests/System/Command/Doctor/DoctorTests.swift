import Foundation
import SQLite
import TestSupport
import Testing

/// Tests of `doctor`: each fault is caused, found, repaired, and no longer found.
@Suite(.programs) struct DoctorTests {
  /// A healthy database with its settings.
  final class Patient {
    let folder: TemporaryFolder
    var environment: [String: String]
    var arguments: [String]

    var database: DatabaseFile { DatabaseFile(folder.file("app.db")) }

    init() throws {
      folder = try TemporaryFolder()
      environment = ["CLERK_WEBHOOK_SIGNING_SECRET": SignedDelivery.secret]
      // The current user, who owns the files.
      arguments = ["--database", folder.file("app.db"), "--user", NSUserName()]
      _ = try Command.run(["init", "--database", "app.db"], in: folder)
    }

    func findings() throws -> (status: Int32?, findings: [Found]) {
      let command = try Command.run(["doctor", "--json"] + arguments, environment: environment, in: folder)
      let findings = try command.lines.map { try JSONDecoder().decode(Found.self, from: Data($0.utf8)) }
      return (command.status, findings)
    }

    func chmod(_ mode: Int, _ name: String) throws {
      let path = name.hasPrefix("/") ? name : folder.file(name)
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
  }

  struct Found: Decodable, Equatable {
    let check: String
    let level: String
    let what: String
    let remedy: String?
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let level: String
    let check: String
    let what: String
    let remedy: String
    let cause: @Sendable (Patient) throws -> Void
    let cure: @Sendable (Patient) throws -> Void

    init(
      _ description: String, _ level: String, _ check: String, _ what: String, remedy: String,
      cause: @escaping @Sendable (Patient) throws -> Void, cure: @escaping @Sendable (Patient) throws -> Void
    ) {
      (testDescription, self.level, self.check, self.what) = (description, level, check, what)
      (self.remedy, self.cause, self.cure) = (remedy, cause, cure)
    }
  }

  @Test func `A healthy installation passes all checks`() throws {
    let (status, findings) = try Patient().findings()
    #expect(status == 0)
    let checks = [
      "settings", "secret", "journal", "schema", "tables", "foreign keys", "failures", "refused",
      "permissions", "disk",
    ]
    #expect(findings.map(\.check) == checks)
    #expect(findings.allSatisfy { $0.level == "ok" && $0.remedy == nil })
  }

  @Test(arguments: DoctorCases.all)
  func `Each fault is found, and gone once repaired`(example: Case) throws {
    let patient = try Patient()
    try example.cause(patient)
    let ill = try patient.findings()
    let found = try #require(
      ill.findings.first { $0.check == example.check && $0.level != "ok" }, "\(ill.findings)")
    #expect(found.level == example.level)
    #expect(found.what.contains(example.what), "\(found)")
    #expect(found.remedy?.contains(example.remedy) == true, "\(found)")
    #expect(ill.status == (example.level == "error" ? 2 : 1))
    for finding in ill.findings {
      #expect(!"\(finding)".contains(SignedDelivery.secret.dropFirst(6)))
      #expect(!"\(finding)".contains("ada@example.org"))
    }
    try example.cure(patient)
    let well = try patient.findings()
    #expect(well.status == 0, "\(well.findings)")
  }

  @Test func `A trigger on users is named`() throws {
    let patient = try Patient()
    try patient.database.execute("CREATE TRIGGER audit AFTER DELETE ON users BEGIN SELECT 1; END")
    let (status, findings) = try patient.findings()
    #expect(status == 0)
    #expect(findings.contains { $0.check == "triggers" && $0.level == "ok" && $0.what.contains("audit") })
  }

  @Test func `Rows that Clerk has never written are counted, and need no attention`() throws {
    let patient = try Patient()
    try patient.database.execute("INSERT INTO users VALUES ('user_1', '', '', '', '', '', '', 1, 1)")
    let (status, findings) = try patient.findings()
    #expect(status == 0)
    let found = try #require(findings.first { $0.check == "rows" })
    #expect(found.level == "ok")
    #expect(found.what == "1 row of users was never written by clerk-sync: run clerk-sync backfill")
    try patient.database.execute("INSERT INTO clerk_sync_versions VALUES ('user_1', 1, 0, NULL, NULL)")
    #expect(try !patient.findings().findings.contains { $0.check == "rows" })
  }

  @Test func `Mapped tables are named`() throws {
    let patient = try Patient()
    try FileManager.default.removeItem(atPath: patient.folder.file("app.db"))
    patient.environment["CLERK_SYNC_TABLES"] = Project.file("conf/tables/organizations.json5")
    let missing = try patient.findings()
    #expect(missing.status == 2)
    #expect(
      missing.findings.contains {
        $0.check == "database" && $0.what.contains("CLERK_SYNC_TABLES maps tables")
      })
    try ApplicationSchema.create("organizations", at: patient.folder.file("app.db"))
    _ = try Command.run(
      ["init", "--database", "app.db"], environment: patient.environment, in: patient.folder)
    try patient.database.execute(
      "CREATE TABLE invoices (organization INTEGER REFERENCES organizations)",
      "CREATE TRIGGER audit AFTER DELETE ON memberships BEGIN SELECT 1; END")
    let (status, findings) = try patient.findings()
    #expect(status == 1)
    for words in [
      "maps user to users, organization to organizations, organizationMembership to memberships",
      "users, organizations, memberships: an insert",
      "NO ACTION: an organization with such rows cannot be deleted",
      "on users, organizations, memberships: audit",
    ] { #expect(findings.contains { $0.what.contains(words) }, "\(words): \(findings)") }
  }

  @Test func `A locked database is a finding`() throws {
    let patient = try Patient()
    let other = try Connection.open(patient.folder.file("app.db"))
    try other.run("BEGIN IMMEDIATE")
    let found = try #require(try patient.findings().findings.first { $0.check == "tables" })
    #expect(found.level == "warning")
    #expect(found.what.contains("app.db is locked by another program"))
    try other.run("ROLLBACK")
    // Now nobody can read it either.
    try other.run("BEGIN EXCLUSIVE")
    let unreadable = try #require(try patient.findings().findings.first { $0.check == "database" })
    #expect(unreadable.level == "error")
    #expect(unreadable.what.contains("app.db is locked by another program, which lets no one read it"))
    #expect(unreadable.remedy?.contains("fuser -v ") == true)
  }

  @Test func `Quotation marks in a file of settings are the file's own, and no part of the secret`() throws {
    let patient = try Patient()
    let file = try patient.folder.write(
      "CLERK_WEBHOOK_SIGNING_SECRET=\"\(SignedDelivery.secret)\"\n", to: "env")
    try patient.chmod(0o600, "env")
    patient.environment = [:]
    patient.arguments += ["--env-file", file]
    let (status, findings) = try patient.findings()
    #expect(status == 0, "\(findings)")
    #expect(findings.contains { $0.check == "secret" && $0.what == "1 valid secret" })
  }

  @Test func `Refused deliveries are counted, and need no attention`() throws {
    let patient = try Patient()
    try patient.database.execute(
      "INSERT INTO clerk_sync_deliveries VALUES ('msg_1', 'user.created', 'user_1', 'refused', 'x', 1, 1, 1)")
    let (status, findings) = try patient.findings()
    #expect(status == 0)
    let found = try #require(findings.first { $0.check == "refused" })
    #expect(found.level == "ok" && found.what.hasPrefix("1, which no retry can mend"))
    #expect(found.what.contains("clerk-sync deliveries --refused"))
  }

  @Test func `Tables of an older version are no fault, and are not changed`() throws {
    let patient = try Patient()
    try FileManager.default.removeItem(atPath: patient.folder.file("app.db"))
    try FirstRelease.makeDatabase(at: patient.folder.file("app.db"))
    let found = try #require(try patient.findings().findings.first { $0.check == "schema" })
    #expect(
      found.what
        == "valid; version 1 of the clerk_sync tables, which the first delivery upgrades, and so does clerk-sync init"
    )
    #expect(found.level == "ok")
    #expect(try patient.database.rows("SELECT version FROM clerk_sync_schema") == [["1"]])
  }

  @Test func `The text output is a table, with each remedy below its finding`() throws {
    let patient = try Patient()
    patient.environment["CLERK_SYNC_THREDS"] = "8"
    let command = try Command.run(
      ["doctor"] + patient.arguments, environment: patient.environment, in: patient.folder)
    #expect(command.status == 1)
    let lines = [
      "ok       settings      valid, from the environment", "ok       secret        1 valid secret",
      "warning  settings      CLERK_SYNC_THREDS is not a setting and has no effect",
      "                       did you mean CLERK_SYNC_THREADS?",
    ]
    #expect(Array(command.lines.prefix(4)) == lines)
  }

  @Test func `doctor writes nothing`() throws {
    let patient = try Patient()
    let file = URL(filePath: patient.folder.file("app.db"))
    let before = try Data(contentsOf: file)
    _ = try patient.findings()
    #expect(try Data(contentsOf: file) == before)
    patient.arguments[1] = patient.folder.file("missing.db")
    _ = try patient.findings()
    #expect(!FileManager.default.fileExists(atPath: patient.folder.file("missing.db")))
  }

  @Test(arguments: [
    (["--user", "no-such-user"], "expected the name of a user"),
    (["--url", "ftp://example.org"], "expected http://"),
    (["--url", "https://"], "expected http://"), (["extra"], "Unexpected argument"),
  ])
  func `Invalid input is reported in one line`(arguments: [String], expected: String) throws {
    let command = try Command.run(["doctor"] + arguments, in: try TemporaryFolder())
    #expect(command.status == 64)
    #expect(command.errors.contains(expected), "\(command.errors)")
    #expect(command.errors.split(separator: "\n").count == 1)
    #expect(command.output.isEmpty)
  }
}
