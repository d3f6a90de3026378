import CSQLite
import Glibc

/// What SQLite calls a connection back for: a lock to wait for, and a commit to a WAL.
struct Hooks {
  /// Milliseconds between two tries for a lock; the last one repeats. SQLite's own schedule.
  private static let delays: [Int32] = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100]

  /// When to stop waiting for locks. One for all of them: `sqlite3_busy_timeout` would begin anew with each.
  var deadline: ContinuousClock.Instant
  /// How many pages the WAL held after the last commit.
  private(set) var pagesInWAL: Int32 = 0

  init(busyTimeout: Int32) {
    deadline = .now + .milliseconds(busyTimeout)
  }

  /// `place` is where this value lives for as long as the connection does.
  @unsafe func install(on connection: OpaquePointer, at place: UnsafeMutablePointer<Hooks>) {
    unsafe sqlite3_busy_handler(
      connection,
      { context, tries in
        guard let hooks = unsafe context?.assumingMemoryBound(to: Hooks.self) else { return 0 }
        return unsafe hooks.pointee.wait(tries: Int(tries)) ? 1 : 0
      }, place)
    // A hook of one's own takes the place of the automatic checkpoint (sqlite.org/c3ref/wal_hook.html).
    unsafe sqlite3_wal_hook(
      connection,
      { context, _, _, pages in
        unsafe context?.assumingMemoryBound(to: Hooks.self).pointee.pagesInWAL = pages
        return SQLITE_OK
      }, place)
  }

  @unsafe static func remove(from connection: OpaquePointer) {
    unsafe sqlite3_busy_handler(connection, nil, nil)
    unsafe sqlite3_wal_hook(connection, nil, nil)
  }

  /// Sleeps before the next try for a lock, or says that it is time to give up.
  private func wait(tries: Int) -> Bool {
    let remaining = Int32(clamping: Int((deadline - .now) / .milliseconds(1)))
    guard remaining > 0 else { return false }
    usleep(UInt32(min(remaining, Self.delays[min(tries, Self.delays.count - 1)])) * 1000)
    return true
  }
}
