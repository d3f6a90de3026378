import Dispatch
import SQLite
import Synchronization

/// Gives each write a connection and a transaction of its own.
final class SeparateWriter: Writer {
  /// What the thread that holds the lock works with.
  private struct Locked {
    var checkpoint: Checkpoint
    /// The file whose schema has been looked at.
    var inspected: FileIdentity?
    var unsynced = UnsyncedCommits()
  }

  private let database: Database
  private let context: StoreOperation.Context
  private let idle: IdleConnection?
  /// One writer at a time in this process, so that no thread sleeps in SQLite's busy handler for another's lock.
  private let lock: Mutex<Locked>
  /// How many threads wait for the lock.
  private let waiters = Atomic(0)

  init(_ database: Database, context: StoreOperation.Context, keepsConnection: Bool) {
    self.database = database
    self.context = context
    idle = keepsConnection ? IdleConnection() : nil
    lock = Mutex(Locked(checkpoint: Checkpoint(keepsConnection: keepsConnection)))
  }

  func write(_ operation: StoreOperation, timeout: Int32?) throws(StoreError) -> Outcome {
    let deadline = Deadline(milliseconds: timeout ?? 0)
    let connection = try database.open(timeout: deadline.remaining)
    let file = FileIdentity(database.path)
    let log = idle?.log(of: file)
    if log != nil {
      try database.sql { () throws(SQLiteError) in try connection.deferSync() }
      // While another thread writes, in whose way reading is not. What does not fit is told when it runs.
      try? operation.compile(on: connection)
    }

    waiters.add(1, ordering: .sequentiallyConsistent)
    var isOnDisk: UnsyncedCommits.Wait?
    let outcome = try lock.withLock { locked throws(StoreError) in
      waiters.subtract(1, ordering: .sequentiallyConsistent)
      // The last of the waiters syncs for all before it, whatever becomes of its own write.
      defer { if waiters.load(ordering: .sequentiallyConsistent) == 0 { locked.unsynced.sync() } }
      // Waiting for the other threads counts: the time limit began with the request.
      connection.setBusyTimeout(deadline.remaining)
      try database.sql { () throws(SQLiteError) in try log?.recover(with: connection) }
      if locked.inspected != file || file == nil { try database.prepareSchema(on: connection) }
      locked.inspected = file
      let outcome = try transact(operation, on: connection)
      isOnDisk = log.map { locked.unsynced.append(to: $0) }
      idle?.keep(database.path, hasWAL: connection.walPages > 0)
      locked.checkpoint.run(on: connection)
      return outcome
    }
    try database.sql { () throws(SQLiteError) in try isOnDisk?() }
    return outcome
  }

  private func transact(_ operation: StoreOperation, on connection: borrowing Connection) throws(StoreError)
    -> Outcome
  {
    try database.withSchemaRetry(connection) { error in
      operation.explain(error, in: database, on: connection)
    } _: { () throws(SQLiteError) in
      try connection.transaction { () throws(SQLiteError) in
        try operation.perform(in: context, on: connection)
      }
    }
  }
}

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
