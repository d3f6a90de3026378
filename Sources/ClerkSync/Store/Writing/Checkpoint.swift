import SQLite

/// When a WAL is moved into its database file, under the writer's lock.
struct Checkpoint {
  /// Whether a connection outlasts the writes, so that the file need not shrink to be used from its start again.
  private let keepsConnection: Bool
  /// How many pages a WAL may hold: the more, the fewer are written into the file twice, which tells in a large table.
  /// But without a lasting connection each process reads all of it before anything else.
  private let interval: Int
  /// The number of pages in the WAL at which the next checkpoint is due.
  private var due: Int

  init(keepsConnection: Bool) {
    self.keepsConnection = keepsConnection
    interval = keepsConnection ? 4000 : 100
    due = interval
  }

  /// Runs after a commit, which stands whatever comes of this: where a reader is in the way, a later one tries again.
  mutating func run(on connection: borrowing Connection) {
    let pages = connection.walPages
    // Someone else's checkpoint may have emptied the WAL.
    if pages < interval { due = interval }
    guard pages >= due else { return }
    connection.setBusyTimeout(0)
    // A file that a long reader has let grow gives its room back.
    let truncates = !keepsConnection || pages >= 2 * interval
    let isDone = (try? connection.checkpoint(truncating: truncates)) ?? false
    due = interval + (isDone ? 0 : pages)
  }
}
