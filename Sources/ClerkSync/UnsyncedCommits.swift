import Dispatch
import SQLite
import Synchronization

/// Commits that stand in a WAL and are not on disk yet, and the threads that may not tell of them before.
struct UnsyncedCommits {
  /// One thread's wait for the sync that covers its commit.
  final class Wait: Sendable {
    private let result = Mutex<Result<Void, SQLiteError>?>(nil)
    private let end = DispatchSemaphore(value: 0)

    func callAsFunction() throws(SQLiteError) {
      end.wait()
      try result.withLock(\.self)?.get()
    }

    fileprivate func finish(_ result: Result<Void, SQLiteError>) {
      self.result.withLock { $0 = result }
      end.signal()
    }
  }

  private var log: WriteAheadLog?
  private var waits: [Wait] = []

  /// Enters a commit to the database that `log` belongs to.
  mutating func append(to log: WriteAheadLog) -> Wait {
    // The file has been replaced meanwhile.
    if self.log !== log { sync() }
    self.log = log
    let wait = Wait()
    waits.append(wait)
    return wait
  }

  /// Brings all of them to disk at once.
  mutating func sync() {
    guard let log, !waits.isEmpty else { return }
    let result = Result { () throws(SQLiteError) in try log.sync() }
    for wait in waits { wait.finish(result) }
    waits = []
  }
}
