import FoundationEssentials
import SQLite

/// The application's database file.
struct Database: Sendable {
  /// How long a writer waits for another program's lock, in milliseconds.
  static let busyTimeout: Int32 = 5000

  let path: String

  /// Opens a connection, which closes when it goes out of scope; a missing file is created with its folder.
  func open() throws(StoreError) -> Connection {
    do throws(SQLiteError) {
      return try Connection(path: path, mode: .mustExist, busyTimeout: Self.busyTimeout)
    } catch {
      guard error.kind == .cannotOpen, !FileManager.default.fileExists(atPath: path) else {
        throw .sqlite(error, database: path)
      }
      return try create()
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
      let connection = try Connection(path: path, mode: .createIfMissing, busyTimeout: Self.busyTimeout)
      if Library.hasWALResetFix { try connection.execute("PRAGMA journal_mode = WAL") }
      return connection
    } catch {
      throw .sqlite(error, database: path)
    }
  }
}
