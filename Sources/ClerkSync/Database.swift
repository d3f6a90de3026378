import FoundationEssentials
import SQLite
import Synchronization

/// The application's database file.
final class Database: Sendable {
  /// How long a writer waits for another program's lock, in milliseconds.
  static let busyTimeout: Int32 = 5000

  /// How many pages a WAL may hold before they are moved into the database file.
  private static let checkpointInterval = 1000

  let path: String
  private let keeper: Keeper?
  /// One writer at a time in this process, so that no thread sleeps in SQLite's busy handler for another's
  /// lock; holds the number of WAL pages at which the next checkpoint is due.
  private let writer = Mutex(checkpointInterval)

  /// `keepsConnection` suits a process that lives for more than one request.
  init(path: String, keepsConnection: Bool) {
    self.path = path
    keeper = keepsConnection ? Keeper() : nil
  }

  /// Runs `body` with a connection of its own, as this process's only writer.
  func write<Result: Sendable>(
    _ body: (borrowing Connection) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    let connection = try open()
    let start = ContinuousClock.now
    return try writer.withLock { checkpointDue throws(StoreError) in
      // Waiting for the other threads counts: the sender's patience began with the request.
      let waited = Int32(clamping: Int((ContinuousClock.now - start) / .milliseconds(1)))
      connection.setBusyTimeout(max(0, Self.busyTimeout - waited))
      let result = try body(connection)
      keeper?.keep(path)
      if connection.walPages >= checkpointDue {
        // The commit stands whatever comes of this. Where a reader is in the way, a later one tries again.
        connection.setBusyTimeout(0)
        let isDone = (try? connection.checkpoint()) ?? false
        checkpointDue = Self.checkpointInterval + (isDone ? 0 : connection.walPages)
      }
      return result
    }
  }

  /// Opens a connection, which closes when it goes out of scope; a missing file is created with its folder.
  func open() throws(StoreError) -> Connection {
    // Not left to a failing open: SQLite tries a second time for reading only, so a file that another
    // thread or process makes in between would be opened read-only.
    let isMissing = !FileManager.default.fileExists(atPath: path)
    if isMissing {
      let folder = URL(filePath: path).deletingLastPathComponent()
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      } catch {
        throw .folder(path: folder.path)
      }
    }
    return try sql { () throws(SQLiteError) in
      let connection = try Connection(
        path: path, mode: isMissing ? .createIfMissing : .mustExist, busyTimeout: Self.busyTimeout)
      if isMissing && Library.hasWALResetFix { try useWAL(connection) }
      return connection
    }
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
