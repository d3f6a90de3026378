import SQLite
import Synchronization

/// One idle connection that a long-lived process keeps to its database.
///
/// When the last connection to a WAL database closes, the next one has to set the WAL up again, which costs a
/// request more than the request itself. A connection holds the WAL only once it has read.
final class IdleConnection: Sendable {
  private struct Kept: ~Copyable {
    let file: FileIdentity
    let connection: Connection
    let log: WriteAheadLog?
  }

  private let kept = Mutex<Kept?>(nil)

  /// The WAL of the file, where a connection to just that one is kept and it is in WAL mode.
  func log(of file: FileIdentity?) -> WriteAheadLog? {
    kept.withLock { $0?.file == file ? $0?.log : nil }
  }

  /// Sees to it that a connection to the file now at `path` is kept, and its WAL if it `hasWAL`; one to a file that was
  /// replaced, or from before it had a WAL, is closed.
  ///
  /// Only speed depends on it, so a failure is left to the next call.
  func keep(_ path: String, hasWAL: Bool) {
    guard let file = FileIdentity(path) else { return }
    kept.withLock { kept in
      guard kept?.file != file || (hasWAL && kept?.log == nil) else { return }
      kept = nil
      guard let connection = try? Connection(path: path, mode: .mustExist, busyTimeout: 0),
        (try? connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1")) != nil
      else { return }
      let log = WriteAheadLog(of: connection)
      kept = Kept(file: file, connection: connection, log: log)
    }
  }
}
