import SQLite
import TestSupport

/// Somebody else's lock on a site's database, for as long as it lives.
final class DatabaseLock {
  private let connection: Connection

  /// Waits for others' locks for so many milliseconds.
  init(_ site: QueueSite, busyTimeout: Int32 = Int32(patience) * 1000) throws {
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
