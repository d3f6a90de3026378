import TestSupport
import Testing

/// A fault of the database, with its log message and repair.
struct Fault: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// The fault named in the log.
  let words: String
  /// The remedy named in the log.
  let advice: String
  /// The journal mode; nil for both.
  var mode: JournalMode?
  /// Whether the fault affects a process that has the file open, such as one that keeps a WAL.
  var appliesToOpenFiles = true
  /// Whether the handler is already running; nil for both.
  var comesWhileRunning: Bool?
  /// Whether the handler reports the fault when it starts.
  var isToldAtStart = true
  let cause: @Sendable (FaultySite) throws -> Void
  let cure: @Sendable (FaultySite) throws -> Void

  init(
    _ name: String, words: String, advice: String, cause: @escaping @Sendable (FaultySite) throws -> Void,
    cure: @escaping @Sendable (FaultySite) throws -> Void
  ) {
    (testDescription, self.words, self.advice) = (name, words, advice)
    (self.cause, self.cure) = (cause, cure)
  }

  static let all = files + limits + schemas

  private func with(_ change: (inout Fault) -> Void) -> Fault {
    var fault = self
    change(&fault)
    return fault
  }

  private static let writable = "make the file and its folder readable and writable"

  private static let files = [
    Fault("a read-only file", words: "attempt to write a readonly database", advice: writable) {
      try $0.setPermissions(0o444, of: $0.database)
    } cure: {
      try $0.setPermissions(0o644, of: $0.database)
    }.with { $0.appliesToOpenFiles = false },
    Fault("an unreadable file", words: "unable to open database file: Permission denied", advice: writable) {
      try $0.setPermissions(0o000, of: $0.database)
    } cure: {
      try $0.setPermissions(0o644, of: $0.database)
    }.with { $0.appliesToOpenFiles = false },
    // An existing journal needs no access to the folder.
    Fault("a read-only folder", words: "attempt to write a readonly database", advice: writable) {
      $0.removeJournal()
      try $0.setPermissions(0o555, of: $0.folder.file("data"))
    } cure: {
      try $0.setPermissions(0o755, of: $0.folder.file("data"))
    }.with { ($0.mode, $0.isToldAtStart) = (.delete, false) },
    Fault("a read-only folder without the file", words: "unable to open database file", advice: writable) {
      try $0.setAside()
      try $0.setPermissions(0o555, of: $0.folder.file("data"))
    } cure: {
      try $0.setPermissions(0o755, of: $0.folder.file("data"))
      try $0.putBack()
    },
    Fault("a folder in the file's place", words: "unable to open database file", advice: writable) {
      try $0.setAside()
      try $0.makeFolder(at: $0.database)
    } cure: {
      try $0.putBack()
    },
    Fault(
      "a file in the folder's place", words: "cannot create the folder",
      advice: "create it, writable for the user this program runs as"
    ) {
      try $0.move("data", to: "aside")
      try $0.folder.write("", to: "data")
    } cure: {
      try $0.move("aside", to: "data")
    },
    Fault(
      "a file that is not a database", words: "file is not a database",
      advice: "CLERK_SYNC_DATABASE must name an SQLite 3 file, or a path where one can be created"
    ) {
      try $0.setAside()
      try $0.folder.write(String(repeating: "not a database ", count: 100), to: "data/app.db")
    } cure: {
      try $0.putBack()
    },
  ]

  private static let disk =
    "check the disk's free space, quota and health; the delivery will be retried"

  /// Simulates an exceeded quota.
  private static let limits = [
    Fault("a limit to the size of files", words: "disk I/O error", advice: disk) {
      try $0.limitFileSize(to: "1")
    } cure: {
      try $0.limitFileSize(to: "unlimited")
    }.with { $0.comesWhileRunning = true }
  ]

  private static let room = "free disk space; the delivery will be retried"

  /// For a folder on a separate file system.
  static let mounted = [
    Fault("a full disk", words: "database or disk is full", advice: room) {
      try $0.fillDisk()
    } cure: {
      try $0.emptyDisk()
    }.with { $0.isToldAtStart = false },
    Fault("a full disk, on which a WAL is to be set up", words: "No space left on device", advice: disk) {
      try $0.removeWAL()
      try $0.fillDisk()
    } cure: {
      try $0.emptyDisk()
    }.with { ($0.mode, $0.comesWhileRunning) = (.wal, false) },
    Fault("a read-only file system", words: "attempt to write a readonly database", advice: writable) {
      try $0.remount("ro")
    } cure: {
      try $0.remount("rw")
    }.with { $0.comesWhileRunning = false },
  ]

  private static let form = """
    the table must be users(id, email, firstName, lastName, password, phone, role, createdAt, updatedAt), \
    further columns need a default
    """

  private static let schemas = [
    Fault("a users table without a column", words: "users has no column named phone", advice: form) {
      try DatabaseFile($0.database).execute("ALTER TABLE users DROP COLUMN phone")
    } cure: {
      try DatabaseFile($0.database).execute("ALTER TABLE users ADD COLUMN phone TEXT")
    },
    Fault("a users table whose id is not unique", words: "ON CONFLICT clause does not match", advice: form) {
      try DatabaseFile($0.database).execute(
        "ALTER TABLE users RENAME TO old", "CREATE TABLE users AS SELECT * FROM old", "DROP TABLE old")
    } cure: {
      try DatabaseFile($0.database).execute("CREATE UNIQUE INDEX ids ON users (id)")
    },
    Fault(
      "tables of a newer version", words: "the clerk_sync tables have version 9, this program knows 2",
      advice: "run the newer clerk-sync that created them"
    ) {
      try DatabaseFile($0.database).execute(
        "UPDATE clerk_sync_schema SET version = 9", "ALTER TABLE clerk_sync_versions ADD COLUMN more")
    } cure: {
      try DatabaseFile($0.database).execute(
        "UPDATE clerk_sync_schema SET version = 1", "ALTER TABLE clerk_sync_versions DROP COLUMN more")
    },
  ]
}
