import SQLite
import TestSupport

/// Somebody else's lock on a site's database, for as long as it lives.
final class DatabaseLock {
  private let connection: Connection

  init(_ site: QueueSite) throws {
    let connection = try Connection(path: site.folder.file("app.db"), mode: .mustExist, busyTimeout: 5000)
    try connection.execute("BEGIN IMMEDIATE")
    self.connection = connection
  }

  func release() throws {
    try connection.execute("ROLLBACK")
  }
}
