import FoundationEssentials
import Glibc
import SQLite

/// The application's database file.
struct Database: Sendable {
  /// How long a connection waits for the locks of other programs.
  static let busyTimeout = Duration.seconds(5)

  let path: String
  let mapping: Mapping
  /// Whether the tables of the change feed are created.
  var recordsChanges = false

  /// Opens a connection that waits for the locks of other programs until `deadline`. Creates a missing file, with its
  /// folder.
  func open(
    deadline: ContinuousClock.Instant = .now + Database.busyTimeout
  ) throws(StoreError) -> Connection {
    let connection = try connect(deadline: deadline)
    try sql(connection.syncFully())
    return connection
  }

  /// Opens a connection as ``open(deadline:)`` does, but leaves it to the caller when it syncs.
  func connect(deadline: ContinuousClock.Instant) throws(StoreError) -> Connection {
    // When a read-write open fails, SQLite falls back to read-only. A file that another thread or process creates
    // between the two attempts would then be opened read-only, so decide about creation here.
    let isMissing = FileIdentity(path) == nil
    if isMissing {
      guard mapping.isBuiltIn else { throw .missingApplication(database: path) }
      try createFolder()
    }
    let connection = try sql(
      Connection(path: path, mode: isMissing ? .createIfMissing : .mustExist, deadline: deadline))
    if isMissing && Library.hasWALResetFix { try sql(useWAL(connection)) }
    return connection
  }

  /// Has a commit end a rollback journal by overwriting its header instead of deleting the file, which costs about twice
  /// as much as the rest of the commit (sqlite.org/pragma.html#pragma_journal_mode, PERSIST). Call this in a transaction,
  /// where no other program can change the mode.
  ///
  /// The file stays. Programs of other users may share the database, and could not open a journal with another owner or
  /// group, so it is kept only if it gets those of the database.
  func keepJournal(on connection: borrowing Connection) throws(SQLiteError) {
    guard try connection.journalMode() == "delete", FileIdentity(path)?.isOwn == true else { return }
    try connection.run("PRAGMA journal_mode = PERSIST")
    // In bytes. A large batch leaves no large file.
    try connection.run("PRAGMA journal_size_limit = 1048576")
  }

  /// Opens a connection for reading. Changes nothing, in the file or beside it; throws when the file or a table is
  /// missing, or the tables have an older version.
  func openForReading() throws(StoreError) -> Connection {
    guard FileIdentity(path) != nil else { throw .missing(database: path) }
    let connection = try sql(
      Connection(path: path, mode: .mustExist, deadline: .now + Self.busyTimeout))
    try requireSchema(on: connection)
    return connection
  }

  /// Runs `body` in a transaction on a connection of its own. What it wrote is on disk when this returns.
  func transaction<Result>(
    _ body: (borrowing Connection) throws(SQLiteError) -> Result
  ) throws(StoreError) -> Result {
    try requireWritable()
    let connection = try open()
    let result = try sql(connection.transaction { () throws(SQLiteError) in try body(connection) })
    var checkpoint = Checkpoint(keepsConnection: false)
    checkpoint.run(on: connection)
    return result
  }

  /// Throws unless the file and its folder exist and this process can write to both.
  ///
  /// SQLite silently opens an unwritable file read-only, and a transaction must create a journal in the folder.
  func requireWritable() throws(StoreError) {
    guard FileIdentity(path) != nil else { throw .missing(database: path) }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    for place in [path, folder] where unsafe access(place, W_OK) != 0 { throw .notWritable(path: place) }
  }

  /// Creates the missing tables and upgrades older ones. Throws if a newer program created the tables, if the
  /// application has its users in another table than `users`, or if Clerk's objects cannot be stored in its tables.
  /// Returns nil if nothing was to be done.
  @discardableResult
  func prepareSchema(on connection: borrowing Connection) throws(StoreError) -> SyncSchema.Creation? {
    var found: Int64 = 0
    do throws(SQLiteError) {
      found = try SyncSchema.check(mapping, on: connection)
    } catch {
      guard error.kind == .schema else { throw .sqlite(error, database: path) }
      if mapping.isBuiltIn, let table = try sql(SyncSchema.otherUserTable(on: connection)) {
        throw .otherUserTable(name: table, database: path)
      }
    }
    if found < SyncSchema.version, try sql(SyncSchema.adopts(mapping, on: connection)),
      let problem = try sql(Trial.problems(of: mapping, on: connection)).first
    {
      throw .tableDoesNotFit(problem: problem.what, remedy: problem.remedy, database: path)
    }
    let creation =
      found < SyncSchema.version ? try sql(SyncSchema.create(mapping, on: connection)) : nil
    try requireKnown(creation?.version ?? found)
    if recordsChanges { try sql(ChangeTable.create(on: connection)) }
    return creation
  }

  /// Throws if a newer program created the tables.
  func requireKnown(_ version: Int64) throws(StoreError) {
    guard version <= SyncSchema.version else { throw .newerSchema(found: version, database: path) }
  }

  /// Throws if the file lacks tables, or if another version of this program created them.
  func requireSchema(on connection: borrowing Connection) throws(StoreError) {
    guard try schemaVersion(on: connection) == SyncSchema.version else {
      throw .olderSchema(database: path)
    }
  }

  /// Throws if the file lacks tables, or if a newer program created them. The next write upgrades older ones.
  func requireUsableSchema(on connection: borrowing Connection) throws(StoreError) {
    _ = try schemaVersion(on: connection)
  }

  private func schemaVersion(on connection: borrowing Connection) throws(StoreError) -> Int64 {
    let found: Int64
    do throws(SQLiteError) {
      found = try SyncSchema.check(mapping, on: connection)
    } catch {
      throw error.kind == .schema ? .notPrepared(database: path) : .sqlite(error, database: path)
    }
    try requireKnown(found)
    return found
  }

  /// Evaluates `expression` and names this file in the errors that SQLite reports.
  func sql<Result: ~Copyable>(
    _ expression: @autoclosure () throws(SQLiteError) -> Result
  ) throws(StoreError) -> Result {
    do throws(SQLiteError) {
      return try expression()
    } catch {
      throw .sqlite(error, database: path)
    }
  }

  private func createFolder() throws(StoreError) {
    let folder = URL(filePath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .folder(path: folder.path)
    }
  }

  /// Switches a new file to WAL mode, unless other connections use the file already. SQLite does not wait for them
  /// here, and a rollback journal is as safe.
  private func useWAL(_ connection: borrowing Connection) throws(SQLiteError) {
    do throws(SQLiteError) {
      try connection.run("PRAGMA journal_mode = WAL")
    } catch {
      guard error.kind == .busy else { throw error }
    }
  }
}

/// Identifies a file, to detect that another file has replaced it at its path.
struct FileIdentity: Equatable {
  private let device: dev_t
  private let inode: ino_t
  private let owner: uid_t
  private let group: gid_t

  /// Returns nil when there is no file at the path.
  init?(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    device = status.st_dev
    inode = status.st_ino
    owner = status.st_uid
    group = status.st_gid
  }

  /// Whether SQLite gives a file that it creates beside this one the same owner and group. It sets them itself if this
  /// process is root.
  var isOwn: Bool { geteuid() == 0 || (owner == geteuid() && group == getegid()) }
}
