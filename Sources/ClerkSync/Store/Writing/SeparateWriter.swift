import Dispatch
import SQLite
import Synchronization

/// Gives each write its own connection and its own transaction.
final class SeparateWriter: Writer {
  /// The state of the thread that holds the lock.
  private struct Locked {
    var checkpoint: Checkpoint
    /// The file whose schema has been checked. Not checking it again saves 16 µs a write.
    var inspected: FileIdentity?
    var unsynced = UnsyncedCommits()
  }

  private let database: Database
  private let context: StoreOperation.Context
  private let idle: IdleConnection?
  /// Admits one writer at a time in this process, so that no thread sleeps in SQLite's busy handler for another thread.
  private let lock: Mutex<Locked>
  /// The number of threads that wait for the lock.
  private let waiters = Atomic(0)

  init(_ database: Database, context: StoreOperation.Context, keepsConnection: Bool) {
    self.database = database
    self.context = context
    idle = keepsConnection ? IdleConnection() : nil
    lock = Mutex(Locked(checkpoint: Checkpoint(keepsConnection: keepsConnection)))
  }

  func write(
    _ operation: StoreOperation, deadline: ContinuousClock.Instant?
  ) throws(StoreError) -> Outcome {
    let connection = try database.open(deadline: deadline ?? .now)
    let file = FileIdentity(database.path)
    let log = idle?.log(of: file)
    if log != nil {
      try database.sql(connection.deferSync())
      // Compile before taking the lock: compiling only reads, so it does not block the current writer. An error is
      // reported when the statement runs.
      try? operation.compile(on: connection)
    }

    waiters.add(1, ordering: .sequentiallyConsistent)
    var isOnDisk: UnsyncedCommits.Wait?
    let outcome = try lock.withLock { locked throws(StoreError) in
      waiters.subtract(1, ordering: .sequentiallyConsistent)
      // The last waiter syncs for all threads before it, even when its own write fails.
      defer { if waiters.load(ordering: .sequentiallyConsistent) == 0 { locked.unsynced.sync() } }
      try database.sql(log?.recover(with: connection))
      if locked.inspected != file || file == nil { try database.prepareSchema(on: connection) }
      locked.inspected = file
      let outcome = try transact(operation, on: connection)
      isOnDisk = log.map { locked.unsynced.append(to: $0) }
      idle?.keep(database.path, hasWAL: connection.walPages > 0)
      locked.checkpoint.run(on: connection)
      return outcome
    }
    try database.sql(isOnDisk?())
    return outcome
  }

  private func transact(
    _ operation: StoreOperation, on connection: borrowing Connection
  ) throws(StoreError) -> Outcome {
    try database.withSchemaRetry(connection) { error in
      operation.explain(error, in: database, on: connection)
    } _: { () throws(SQLiteError) in
      try connection.transaction { () throws(SQLiteError) in
        try operation.perform(in: context, on: connection)
      }
    }
  }
}

/// Commits in a WAL that are not on disk yet, and the threads that may not acknowledge them before.
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

  /// Adds a commit to the database that `log` belongs to.
  mutating func append(to log: WriteAheadLog) -> Wait {
    // The file has been replaced since the last commit.
    if self.log !== log { sync() }
    self.log = log
    let wait = Wait()
    waits.append(wait)
    return wait
  }

  /// Syncs all commits at once and wakes their threads.
  mutating func sync() {
    guard let log, !waits.isEmpty else { return }
    let result = Result { () throws(SQLiteError) in try log.sync() }
    for wait in waits { wait.finish(result) }
    waits = []
  }
}
