import CSQLite
import Glibc
import Synchronization

/// The way of a database's WAL to the disk, for connections that leave it to this (``Connection/deferSync()``): one
/// sync is enough for the commits of many.
///
/// A connection that is kept has to outlast this, so that the database stays in WAL mode and its WAL in place.
public final class WriteAheadLog: Sendable {
  private let file: Int32
  private let failure = Mutex<SQLiteError?>(nil)

  /// nil when the database is not in WAL mode, or has no WAL yet.
  public init?(of connection: borrowing Connection) {
    guard connection.isWAL, let path = connection.walPath else { return nil }
    file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    // Its name must outlive a power loss, too; SQLite sees to that with the first sync of each connection.
    guard file >= 0, Self.syncFolder(of: path) else { return nil }
  }

  deinit {
    close(file)
  }

  /// Returns once all that has been committed is on disk.
  public func sync() throws(SQLiteError) {
    guard fdatasync(file) == 0 else {
      let error = SQLiteError.syncFailed(errno: errno)
      failure.withLock { $0 = error }
      throw error
    }
  }

  /// Brings the database to disk another way after a sync that failed; to be called before each transaction.
  ///
  /// The kernel reports a page it could not write once, and then takes it for written. So what has been committed may
  /// be missing in the middle of the WAL, and what is appended would be lost with it.
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
