import SQLite

/// Decides when to move a WAL into its database file.
struct Checkpoint {
  /// Whether a connection stays open between writes. If so, the file need not shrink to be reused from its start.
  private let keepsConnection: Bool
  /// The number of pages at which a checkpoint is due. A larger WAL writes fewer pages twice, which matters for a large
  /// table. Without an open connection each process has to read the whole WAL first, so the WAL is kept small.
  private let interval: Int
  /// The number of pages in the WAL at which the next checkpoint is due.
  private var due: Int

  init(keepsConnection: Bool) {
    self.keepsConnection = keepsConnection
    interval = keepsConnection ? 4000 : 100
    due = interval
  }

  /// Checkpoints when due. Call this after a commit, which no failure here affects: a checkpoint that a reader blocks
  /// is retried later.
  mutating func run(on connection: borrowing Connection) {
    let pages = connection.walPages
    // Another process's checkpoint may have emptied the WAL.
    if pages < interval { due = interval }
    guard pages >= due else { return }
    connection.deadline = .now
    // Truncate a WAL that has outgrown its limit during a long read, to return the disk space.
    let truncates = !keepsConnection || pages >= 2 * interval
    let isDone = (try? connection.checkpoint(truncating: truncates)) ?? false
    due = interval + (isDone ? 0 : pages)
  }
}
