import CSQLite
import Glibc

/// The state of a connection's callbacks from SQLite: waiting for a lock, and a commit to a WAL.
struct Hooks {
  /// Milliseconds between two attempts at a lock; the last delay repeats. This is SQLite's own schedule.
  private static let delays: [Int32] = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100]

  /// When to stop waiting for locks. `sqlite3_busy_timeout` would start over with each lock.
  var deadline: ContinuousClock.Instant
  /// The number of pages in the WAL after the last commit.
  private(set) var pagesInWAL: Int32 = 0

  init(deadline: ContinuousClock.Instant) {
    self.deadline = deadline
  }

  /// Registers the callbacks. `place` is this value's address, valid for as long as the connection is open.
  @unsafe func install(on connection: OpaquePointer, at place: UnsafeMutablePointer<Hooks>) {
    unsafe sqlite3_busy_handler(
      connection,
      { context, tries in
        guard let hooks = unsafe context?.assumingMemoryBound(to: Hooks.self) else { return 0 }
        return unsafe hooks.pointee.wait(tries: Int(tries)) ? 1 : 0
      }, place)
    // Setting a hook turns the automatic checkpoint off (sqlite.org/c3ref/wal_hook.html).
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

  /// Sleeps before the next attempt at a lock; returns false once the deadline has passed.
  private func wait(tries: Int) -> Bool {
    let remaining = Int32(clamping: Int((deadline - .now) / .milliseconds(1)))
    guard remaining > 0 else { return false }
    usleep(UInt32(min(remaining, Self.delays[min(tries, Self.delays.count - 1)])) * 1000)
    return true
  }
}
