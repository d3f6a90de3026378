import FoundationEssentials
import SQLite

/// The application's database file.
struct Database: Sendable {
  /// How long a writer waits for another program's lock, in milliseconds.
  static let busyTimeout: Int32 = 5000

  let path: String

  /// Opens a connection, which closes when it goes out of scope; a missing file is created with its folder.
  func open() throws(StoreError) -> Connection {
    // Not left to a failing open: SQLite tries a second time for reading only, so a file that another
    // thread or process makes in between would be opened read-only.
    guard FileManager.default.fileExists(atPath: path) else { return try create() }
    do throws(SQLiteError) {
      return try connect(.mustExist)
    } catch {
      throw .sqlite(error, database: path)
    }
  }

  private func create() throws(StoreError) -> Connection {
    let folder = URL(filePath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .folder(path: folder.path)
    }
    do throws(SQLiteError) {
      let connection = try connect(.createIfMissing)
      if Library.hasWALResetFix { try useWAL(connection) }
      return connection
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

  private func connect(_ mode: Connection.Mode) throws(SQLiteError) -> Connection {
    try Connection(path: path, mode: mode, busyTimeout: Self.busyTimeout)
  }
}
