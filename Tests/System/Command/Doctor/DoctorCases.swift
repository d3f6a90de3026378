import Foundation
import TestSupport

/// Common faults, each with its cause and repair.
enum DoctorCases {
  typealias Case = DoctorTests.Case

  static let all = settings + files + database

  private static let settings = [
    Case(
      "no secret", "error", "secret", "no signing secret", remedy: "set CLERK_WEBHOOK_SIGNING_SECRET",
      cause: { $0.environment = [:] },
      cure: { $0.environment = ["CLERK_WEBHOOK_SECRET": SignedDelivery.secret] }),
    Case(
      "a secret that does not decode", "error", "settings", "CLERK_WEBHOOK_SIGNING_SECRET does not decode",
      remedy: "correct the setting", cause: { $0.environment["CLERK_WEBHOOK_SIGNING_SECRET"] = "whsec_!" },
      cure: {
        $0.environment["CLERK_WEBHOOK_SIGNING_SECRET"] = "\(SignedDelivery.secret),\(SignedDelivery.secret)"
      }),
    Case(
      "a secret in quotation marks", "error", "settings",
      "CLERK_WEBHOOK_SIGNING_SECRET has quotation marks around or in the secret",
      remedy: "correct the setting",
      cause: { $0.environment["CLERK_WEBHOOK_SIGNING_SECRET"] = "\"\(SignedDelivery.secret)\"" },
      cure: { $0.environment["CLERK_WEBHOOK_SIGNING_SECRET"] = SignedDelivery.secret }),
    Case(
      "a file with a secret in quotation marks", "error", "settings",
      "CLERK_WEBHOOK_SIGNING_SECRET_FILE has quotation marks around or in the secret",
      remedy: "or the file that it names",
      cause: { patient in
        let file = try patient.folder.write("'\(SignedDelivery.secret)'\n", to: "secret")
        try patient.chmod(0o600, "secret")
        patient.environment = ["CLERK_WEBHOOK_SIGNING_SECRET_FILE": file]
      },
      cure: { patient in
        try patient.folder.write("\(SignedDelivery.secret)\n", to: "secret")
        try patient.chmod(0o600, "secret")
      }),
    Case(
      "a long tolerance", "warning", "tolerance", "CLERK_SYNC_TOLERANCE is 901",
      remedy: "synchronize the clock",
      cause: { $0.environment["CLERK_SYNC_TOLERANCE"] = "901" },
      cure: { $0.environment["CLERK_SYNC_TOLERANCE"] = "900" }),
    Case(
      "a number out of range", "error", "settings", "expected a whole number from 1 to 256",
      remedy: "correct the setting",
      cause: { $0.environment["CLERK_SYNC_THREADS"] = "0" },
      cure: { $0.environment["CLERK_SYNC_THREADS"] = "1" }),
    Case(
      "a name nobody knows", "warning", "settings", "CLERK_SYNC_DB is not a setting",
      remedy: "see clerk-sync.env.example",
      cause: { $0.environment["CLERK_SYNC_DB"] = "app.db" },
      cure: { $0.environment["CLERK_SYNC_DB"] = nil }),
    Case(
      "a name misspelt", "warning", "settings", "CLERK_WEBHOK_SECRET is not a setting",
      remedy: "did you mean CLERK_WEBHOOK_SECRET?", cause: { $0.environment["CLERK_WEBHOK_SECRET"] = "x" },
      cure: {
        $0.environment["CLERK_WEBHOK_SECRET"] = nil
        // A variable of Clerk's own libraries.
        $0.environment["CLERK_PUBLISHABLE_KEY"] = "x"
      }),
    Case(
      "a secret for all to read", "warning", "secret file", "can be read by every user (mode 0644)",
      remedy: "chmod o= ",
      cause: { patient in
        let file = try patient.folder.write(SignedDelivery.secret, to: "secret")
        patient.environment = ["CLERK_WEBHOOK_SIGNING_SECRET_FILE": file]
        try patient.chmod(0o644, "secret")
      }, cure: { try $0.chmod(0o640, "secret") }),
    Case(
      "settings for all to read", "warning", "secret file", "can be read by every user", remedy: "chmod o= ",
      cause: { patient in
        let file = try patient.folder.write("CLERK_SYNC_LOG=json\n", to: "clerk-sync.env")
        patient.arguments += ["--env-file", file]
        try patient.chmod(0o604, "clerk-sync.env")
      }, cure: { try $0.chmod(0o600, "clerk-sync.env") }),
  ]

  private static let files = [
    Case(
      "no database", "warning", "database", "does not exist yet", remedy: "clerk-sync init",
      cause: { try FileManager.default.removeItem(atPath: $0.folder.file("app.db")) },
      cure: { _ = try Command.run(["init", "--database", "app.db"], in: $0.folder) }),
    Case(
      "a file that the handler cannot write", "error", "permissions", "nobody cannot write",
      remedy: "chown nobody",
      cause: { patient in
        patient.arguments[3] = "nobody"
        try patient.chmod(0o777, patient.folder.path)
        try patient.chmod(0o644, "app.db")
      }, cure: { try $0.chmod(0o666, "app.db") }),
    Case(
      "a folder that the handler cannot write", "error", "permissions", "nobody cannot write",
      remedy: "chown nobody",
      cause: { patient in
        patient.arguments[3] = "nobody"
        try patient.chmod(0o666, "app.db")
      }, cure: { try $0.chmod(0o777, $0.folder.path) }),
    Case(
      "a folder that the handler cannot enter", "error", "permissions", "nobody cannot enter",
      remedy: "chmod o+x",
      cause: { patient in
        patient.arguments[3] = "nobody"
        try patient.chmod(0o666, "app.db")
        try patient.chmod(0o776, patient.folder.path)
      }, cure: { try $0.chmod(0o777, $0.folder.path) }),
    Case(
      "a journal that the handler cannot write", "error", "permissions", "app.db-wal", remedy: "chown nobody",
      cause: { patient in
        patient.arguments[3] = "nobody"
        try patient.chmod(0o777, patient.folder.path)
        try patient.chmod(0o666, "app.db")
        try patient.folder.write("", to: "app.db-wal")
        try patient.chmod(0o600, "app.db-wal")
      }, cure: { try FileManager.default.removeItem(atPath: $0.folder.file("app.db-wal")) }),
  ]

  private static let database = [
    Case(
      "no database at all", "error", "database", "file is not a database", remedy: "see the README",
      cause: { patient in
        let text = String(repeating: "not a database, and long enough to be looked at as one ", count: 20)
        try patient.folder.write(text, to: "app.db")
      },
      cure: { patient in
        try FileManager.default.removeItem(atPath: patient.folder.file("app.db"))
        _ = try Command.run(["init", "--database", "app.db"], in: patient.folder)
      }),
    Case(
      "a column too few", "error", "tables", "users has no column phone; it has id, email",
      remedy: "add the columns",
      cause: { try $0.database.execute("ALTER TABLE users DROP COLUMN phone") },
      cure: { try $0.database.execute("ALTER TABLE users ADD COLUMN phone TEXT") }),
    Case(
      "tables of a newer program", "error", "database", "have version 3, this program knows 2",
      remedy: "README",
      cause: { try $0.database.execute("UPDATE clerk_sync_schema SET version = 3") },
      cure: { try $0.database.execute("UPDATE clerk_sync_schema SET version = 2") }),
    Case(
      "tables not made yet", "warning", "schema", "missing tables: clerk_sync_deliveries",
      remedy: "run clerk-sync init; if a migration dropped them, exempt clerk_sync_*: tablesFilter",
      cause: { try $0.database.execute("DROP TABLE clerk_sync_deliveries") },
      cure: { _ = try Command.run(["init", "--database", "app.db"], in: $0.folder) }),
    Case(
      "tables that a migration dropped", "warning", "schema",
      "missing tables: clerk_sync_versions: deletions are no longer remembered",
      remedy: "run clerk-sync init, and then clerk-sync reconcile",
      cause: { try $0.database.execute("DROP TABLE clerk_sync_versions") },
      cure: { _ = try Command.run(["init", "--database", "app.db"], in: $0.folder) }),
    Case(
      "a column that nobody writes", "error", "tables", "users.username is NOT NULL without a default",
      remedy: "give it a default",
      cause: {
        try $0.database.execute(
          "DROP TABLE users",
          """
          CREATE TABLE users (id TEXT PRIMARY KEY, email, firstName, lastName, password, phone, role, createdAt, updatedAt,
            username NOT NULL)
          """)
      },
      cure: {
        try $0.database.execute("DROP TABLE users")
        _ = try Command.run(["init", "--database", "app.db"], in: $0.folder)
      }),
    Case(
      "a mapping that is none", "error", "settings", "tables.json5: user.tabel: expected one of table, key",
      remedy: "the file that it names",
      cause: {
        $0.environment["CLERK_SYNC_TABLES"] = try $0.folder.write(
          "{ user: { tabel: 1 } }", to: "tables.json5")
      }, cure: { $0.environment["CLERK_SYNC_TABLES"] = nil }),
    Case(
      "times that the application writes as texts", "warning", "times",
      "users.createdAt gets ms, but rows have texts such as 2026-01-31 10:00:00",
      remedy: "use a mapping",
      cause: {
        try $0.database.execute(
          "INSERT INTO users VALUES ('user_1', '', '', '', '', '', '', '2024-05-01 10:00:00', 1700000000000)")
      }, cure: { try $0.database.execute("UPDATE users SET createdAt = 1700000000000") }),
    Case(
      "times in seconds", "warning", "times", "users.updatedAt gets ms, but rows have seconds",
      remedy: "set CLERK_SYNC_TIMESTAMPS=s",
      cause: {
        try $0.database.execute(
          "INSERT INTO users VALUES ('user_1', '', '', '', '', '', '', 1700000000, 1700000000)")
      }, cure: { $0.environment["CLERK_SYNC_TIMESTAMPS"] = "s" }),
    Case(
      "a column for times that is declared as text", "warning", "times",
      "users.created gets ms, but it is declared TEXT", remedy: "set \"iso\" in the rule of created",
      cause: {
        try $0.database.execute("ALTER TABLE users ADD COLUMN created TEXT")
        let mapping =
          "{ user: { table: 'users', key: { id: 'id' }, columns: { email: 'email', firstName: { value: '' }, "
          + "lastName: { value: '' } }, insert: { created: { now: 'ms' }, createdAt: { now: 'ms' }, "
          + "updatedAt: { now: 'ms' } } } }"
        $0.environment["CLERK_SYNC_TABLES"] = try $0.folder.write(mapping, to: "tables.json5")
      }, cure: { $0.environment["CLERK_SYNC_TABLES"] = nil }),
    Case(
      "users in another table", "error", "schema", "no table users, but User looks like one",
      remedy: "clerk-sync tables suggest",
      cause: {
        try $0.database.execute(
          "DROP TABLE users", "CREATE TABLE User (id INTEGER PRIMARY KEY, clerkId TEXT UNIQUE, email TEXT)")
      },
      cure: {
        try $0.database.execute("DROP TABLE User")
        _ = try Command.run(["init", "--database", "app.db"], in: $0.folder)
      }),
    Case(
      "a reference without an action", "warning", "foreign keys", "bookings.userId has ON DELETE NO ACTION",
      remedy: "ON DELETE CASCADE or ON DELETE SET NULL",
      cause: { try $0.database.execute("CREATE TABLE bookings (userId TEXT REFERENCES Users (id))") },
      cure: {
        try $0.database.execute(
          "DROP TABLE bookings", "CREATE TABLE bookings (userId TEXT REFERENCES users (id) ON DELETE CASCADE)"
        )
      }),
    Case(
      "a reference to what a deletion takes along", "warning", "foreign keys",
      "payments.orderId has ON DELETE NO ACTION: a user with such rows, through orders, cannot be deleted",
      remedy: "ON DELETE CASCADE or ON DELETE SET NULL",
      cause: {
        try $0.database.execute(
          "CREATE TABLE orders (id INTEGER PRIMARY KEY, userId TEXT REFERENCES users (id) ON DELETE CASCADE)",
          "CREATE TABLE payments (orderId INTEGER NOT NULL REFERENCES orders (id))")
      }, cure: { try $0.database.execute("DROP TABLE payments") }),
    Case(
      "a reference to what a deletion takes along, before init", "warning", "foreign keys",
      "payments.orderId has ON DELETE RESTRICT: a user with such rows, through orders, cannot be deleted",
      remedy: "ON DELETE CASCADE or ON DELETE SET NULL",
      cause: {
        try $0.database.execute(
          "DROP TABLE clerk_sync_schema",
          "CREATE TABLE orders (id INTEGER PRIMARY KEY, userId TEXT REFERENCES users (id) ON DELETE CASCADE)",
          "CREATE TABLE payments (orderId INTEGER NOT NULL REFERENCES orders (id) ON DELETE RESTRICT)")
      },
      cure: {
        try $0.database.execute("DROP TABLE payments")
        _ = try Command.run(["init", "--database", "app.db"], in: $0.folder)
      }),
    Case(
      "a reference to the address", "warning", "foreign keys",
      "contacts.address references users.email and has ON UPDATE NO ACTION: users.email of a user with such rows cannot "
        + "change",
      remedy: "declare it ON UPDATE CASCADE, or let it reference users.id, which never changes",
      cause: {
        try $0.database.execute(
          "CREATE TABLE contacts (address TEXT REFERENCES Users (Email) ON DELETE CASCADE)")
      },
      cure: {
        try $0.database.execute(
          "DROP TABLE contacts",
          "CREATE TABLE contacts (address TEXT REFERENCES users (email) ON DELETE CASCADE ON UPDATE CASCADE)")
      }),
    Case(
      "a reference that restricts", "warning", "foreign keys", "bookings.userId has ON DELETE RESTRICT",
      remedy: "ON DELETE CASCADE",
      cause: {
        try $0.database.execute("CREATE TABLE bookings (userId TEXT REFERENCES users ON DELETE RESTRICT)")
      },
      cure: {
        try $0.database.execute(
          "DROP TABLE bookings", "CREATE TABLE bookings (userId TEXT REFERENCES users ON DELETE SET NULL)")
      }),
    Case(
      "SET NULL on a column that is NOT NULL", "warning", "foreign keys",
      "ON DELETE SET NULL, but is NOT NULL",
      remedy: "allow NULL",
      cause: {
        try $0.database.execute(
          "CREATE TABLE bookings (userId TEXT NOT NULL REFERENCES users ON DELETE SET NULL)")
      },
      cure: { try $0.database.execute("DROP TABLE bookings") }),
    Case(
      "a failed delivery", "warning", "failures", "1 pending, the oldest from 2026-01-01T00:00:00Z",
      remedy: "retry-list",
      cause: {
        try $0.database.execute(
          """
          INSERT INTO clerk_sync_deliveries VALUES
            ('msg_1', 'user.created', 'user_1', 'failed', 'ada@example.org', 1, 1767225600000, 1767225600000),
            ('msg_2', 'user.created', 'user_1', 'applied', NULL, 1, 1, 1)
          """)
      },
      cure: { try $0.database.execute("UPDATE clerk_sync_deliveries SET outcome = 'applied'") }),
  ]
}
