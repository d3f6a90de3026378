import SQLite
import Synchronization

/// Gives each write a connection and a transaction of its own.
final class SeparateWriter: Writer {
  /// What only the thread whose turn it is touches.
  private struct Turn {
    var checkpoint: Checkpoint
    /// The file whose schema has been looked at.
    var inspected: FileIdentity?
    var unsynced = UnsyncedCommits()
  }

  private let database: Database
  private let context: Write.Context
  private let keeper: Keeper?
  /// One writer at a time in this process, so that no thread sleeps in SQLite's busy handler for another's lock.
  private let turn: Mutex<Turn>
  /// How many threads wait for their turn.
  private let inLine = Atomic(0)

  init(_ database: Database, context: Write.Context, keepsConnection: Bool) {
    self.database = database
    self.context = context
    keeper = keepsConnection ? Keeper() : nil
    turn = Mutex(Turn(checkpoint: Checkpoint(keepsConnection: keepsConnection)))
  }

  func write(_ write: Write, patience: Int32?) throws(StoreError) -> Outcome {
    let deadline = Deadline(milliseconds: patience ?? 0)
    let connection = try database.open(patience: deadline.remaining)
    let file = FileIdentity(database.path)
    let log = keeper?.log(of: file)
    if log != nil {
      try database.sql { () throws(SQLiteError) in try connection.leaveSyncing() }
      // While another thread writes, in whose way reading is not. What does not fit is told when it runs.
      try? write.compile(on: connection)
    }

    inLine.add(1, ordering: .sequentiallyConsistent)
    var isOnDisk: UnsyncedCommits.Wait?
    let outcome = try turn.withLock { turn throws(StoreError) in
      inLine.subtract(1, ordering: .sequentiallyConsistent)
      // The last in line syncs for all before it, whatever becomes of its own write.
      defer { if inLine.load(ordering: .sequentiallyConsistent) == 0 { turn.unsynced.sync() } }
      // Waiting for the other threads counts: the sender's patience began with the request.
      connection.setBusyTimeout(deadline.remaining)
      try database.sql { () throws(SQLiteError) in try log?.mend(with: connection) }
      if turn.inspected != file || file == nil { try database.prepareSchema(on: connection) }
      turn.inspected = file
      let outcome = try transact(write, on: connection)
      isOnDisk = log.map { turn.unsynced.append(to: $0) }
      keeper?.keep(database.path, hasWAL: connection.walPages > 0)
      turn.checkpoint.run(on: connection)
      return outcome
    }
    try database.sql { () throws(SQLiteError) in try isOnDisk?() }
    return outcome
  }

  private func transact(_ write: Write, on connection: borrowing Connection) throws(StoreError) -> Outcome {
    try database.fitting(connection) { error in
      write.explain(error, in: database, on: connection)
    } _: { () throws(SQLiteError) in
      try connection.transaction { () throws(SQLiteError) in
        try write.perform(in: context, on: connection)
      }
    }
  }
}
