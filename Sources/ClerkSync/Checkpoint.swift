import SQLite

/// When a WAL is moved into its database file: every thousand pages, under the writer's lock.
struct Checkpoint {
  private static let interval = 1000

  /// Whether a connection outlasts the writes, so that the file need not shrink to be used from its start again.
  let keepsConnection: Bool
  /// The number of pages in the WAL at which the next one is due.
  private var due = interval

  init(keepsConnection: Bool) {
    self.keepsConnection = keepsConnection
  }

  /// Runs after a commit, which stands whatever comes of this: where a reader is in the way, a later one tries again.
  mutating func run(on connection: borrowing Connection) {
    let pages = connection.walPages
    // Someone else's checkpoint may have emptied the WAL.
    if pages < Self.interval { due = Self.interval }
    guard pages >= due else { return }
    connection.setBusyTimeout(0)
    // A file that a long reader has let grow gives its room back.
    let truncates = !keepsConnection || pages >= 2 * Self.interval
    let isDone = (try? connection.checkpoint(truncating: truncates)) ?? false
    due = Self.interval + (isDone ? 0 : pages)
  }
}
