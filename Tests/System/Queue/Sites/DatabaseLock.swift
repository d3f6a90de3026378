import SQLite
import TestSupport

/// Another process's write lock on a site's database, held for the lifetime of this object.
final class DatabaseLock {
  private let connection: Connection

  /// Waits up to `busyTimeout` milliseconds for other locks.
  init(_ site: QueueSite, busyTimeout: Int32 = Int32(testTimeout) * 1000) throws {
    let connection = try Connection(
      path: site.folder.file("app.db"), mode: .mustExist,
      deadline: .now + .milliseconds(busyTimeout))
    try connection.run("BEGIN IMMEDIATE")
    self.connection = connection
  }

  func release() throws {
    try connection.run("ROLLBACK")
  }
}
