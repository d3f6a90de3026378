import CSQLite
import Glibc
import Synchronization

/// Syncs a database's WAL for connections that defer their own sync (``Connection/deferSync()``). One sync covers the
/// commits of many connections.
///
/// An open connection must outlive this object, because it keeps the database in WAL mode and the WAL in place.
public final class WriteAheadLog: Sendable {
  private let file: Int32
  private let failure = Mutex<SQLiteError?>(nil)

  /// Opens the connection's WAL. Returns nil when the database is not in WAL mode or has no WAL yet.
  public init?(of connection: borrowing Connection) {
    guard connection.isWAL, let path = connection.walPath else { return nil }
    file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    // The file's name must survive a power loss too. SQLite syncs the folder with the first sync of each connection.
    guard file >= 0, Self.syncFolder(of: path) else { return nil }
  }

  deinit {
    close(file)
  }

  /// Returns once every commit so far is on disk.
  public func sync() throws(SQLiteError) {
    guard fdatasync(file) == 0 else {
      let error = SQLiteError.syncFailed(errno: errno)
      failure.withLock { $0 = error }
      throw error
    }
  }

  /// Checkpoints the WAL after a failed sync. Call this before each transaction.
  ///
  /// The kernel reports a page that it could not write only once, and then treats it as written. The WAL may have a gap
  /// where a commit was, and every commit appended after the gap would be lost with it.
  public func recover(with connection: borrowing Connection) throws(SQLiteError) {
    guard let error = failure.withLock(\.self) else { return }
    guard try connection.checkpoint(truncating: true) else { throw error }
    failure.withLock { $0 = nil }
  }

  private static func syncFolder(of path: String) -> Bool {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }
}
