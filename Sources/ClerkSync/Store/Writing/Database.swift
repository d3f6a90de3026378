import FoundationEssentials
import Glibc
import SQLite

/// The application's database file.
struct Database: Sendable {
  /// How long a writer waits for another program's lock, in milliseconds.
  static let busyTimeout: Int32 = 5000

  let path: String

  /// Opens a connection, which closes when it goes out of scope and waits for other programs' locks for
  /// `timeout` milliseconds; a missing file is created with its folder.
  func open(timeout: Int32 = busyTimeout) throws(StoreError) -> Connection {
    // Not left to a failing open: SQLite tries a second time for reading only, so a file that another
    // thread or process makes in between would be opened read-only.
    let isMissing = FileIdentity(path) == nil
    if isMissing { try createFolder() }
    return try sql { () throws(SQLiteError) in
      let connection = try Connection(
        path: path, mode: isMissing ? .createIfMissing : .mustExist, busyTimeout: timeout)
      if isMissing && Library.hasWALResetFix { try useWAL(connection) }
      // Without EXTRA a rollback journal that was deleted to commit can come back after a power loss, and
      // undo what was answered; in WAL mode it is FULL (sqlite.org/pragma.html#pragma_synchronous).
      try connection.execute("PRAGMA synchronous = EXTRA")
      return connection
    }
  }

  /// Throws unless file and folder are there and this process may write to both: SQLite opens a file it cannot
  /// write for reading only, without an error, and a transaction needs a journal beside it.
  func requireWritable() throws(StoreError) {
    guard FileIdentity(path) != nil else { throw .missing(database: path) }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    for place in [path, folder] where unsafe access(place, W_OK) != 0 { throw .notWritable(path: place) }
  }

  /// Creates the tables that are missing, and refuses those of a newer program.
  func prepareSchema(on connection: borrowing Connection) throws(StoreError) {
    try requireKnown(try sql { () throws(SQLiteError) in try SyncSchema.prepare(on: connection) })
  }

  /// Runs `body`, and once more with the schema prepared where its statements do not fit: so a schema that is as it
  /// should be costs no look at it. `explain` says what an error of SQLite's means here.
  func withSchemaRetry<Result>(
    _ connection: borrowing Connection, explain: (SQLiteError) -> StoreError,
    _ body: () throws(SQLiteError) -> Result
  ) throws(StoreError) -> Result {
    do throws(SQLiteError) {
      return try body()
    } catch {
      guard error.kind == .schema else { throw explain(error) }
    }
    try prepareSchema(on: connection)
    do throws(SQLiteError) {
      return try body()
    } catch {
      throw explain(error)
    }
  }

  /// Refuses the tables of a newer program.
  func requireKnown(_ version: Int64) throws(StoreError) {
    guard version <= SyncSchema.version else { throw .newerSchema(found: version, database: path) }
  }

  /// Runs `body` and says in its errors which file they are about.
  func sql<Result: ~Copyable>(
    _ body: () throws(SQLiteError) -> Result
  ) throws(StoreError) -> Result {
    do throws(SQLiteError) {
      return try body()
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

  /// Asks for WAL and goes on without where others are using the new file already: SQLite does not wait
  /// for them here, and the rollback journal does as well.
  private func useWAL(_ connection: borrowing Connection) throws(SQLiteError) {
    do throws(SQLiteError) {
      try connection.execute("PRAGMA journal_mode = WAL")
    } catch {
      guard error.kind == .busy else { throw error }
    }
  }
}

extension Database {
  /// Runs `body` on a connection to the file as it stands: nothing is created, in the file or beside it.
  func read<Result>(
    _ body: (borrowing Connection) throws(SQLiteError) -> Result
  ) throws(StoreError) -> Result {
    guard FileIdentity(path) != nil else { throw .missing(database: path) }
    let connection = try sql { () throws(SQLiteError) in
      try Connection(path: path, mode: .mustExist, busyTimeout: Self.busyTimeout)
    }
    try requireSchema(on: connection)
    return try sql { () throws(SQLiteError) in try body(connection) }
  }

  /// Refuses a file that lacks tables, and one with tables of a newer program.
  func requireSchema(on connection: borrowing Connection) throws(StoreError) {
    let found: Int64
    do throws(SQLiteError) {
      found = try SyncSchema.check(on: connection)
    } catch {
      throw error.kind == .schema ? .notPrepared(database: path) : .sqlite(error, database: path)
    }
    try requireKnown(found)
  }
}
