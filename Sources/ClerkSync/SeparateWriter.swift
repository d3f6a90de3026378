import SQLite
import Synchronization

/// Gives each write a connection and a transaction of its own.
final class SeparateWriter: Writer {
  /// What only the writing thread touches.
  private struct Turn {
    var checkpoint: Checkpoint
    /// The file whose schema has been looked at.
    var inspected: FileIdentity?
  }

  private let database: Database
  private let context: Write.Context
  private let keeper: Keeper?
  /// One writer at a time in this process, so that no thread sleeps in SQLite's busy handler for another's lock.
  private let turn: Mutex<Turn>
  /// Whether the last commit went to a WAL, where reading is not in a writer's way.
  private let isWAL = Atomic(false)

  init(_ database: Database, context: Write.Context, keepsConnection: Bool) {
    self.database = database
    self.context = context
    keeper = keepsConnection ? Keeper() : nil
    turn = Mutex(Turn(checkpoint: Checkpoint(keepsConnection: keepsConnection)))
  }

  func write(_ write: Write, patience: Int32?) throws(StoreError) -> Outcome {
    let deadline = Deadline(milliseconds: patience ?? 0)
    let connection = try database.open(patience: deadline.remaining)
    if isWAL.load(ordering: .relaxed) {
      // While another thread commits. What does not fit is told when it runs.
      try? write.compile(on: connection)
    }
    return try turn.withLock { turn throws(StoreError) in
      // Waiting for the other threads counts: the sender's patience began with the request.
      connection.setBusyTimeout(deadline.remaining)
      let file = FileIdentity(database.path)
      if turn.inspected != file || file == nil { try database.prepareSchema(on: connection) }
      turn.inspected = file
      let outcome = try transact(write, on: connection)
      keeper?.keep(database.path)
      isWAL.store(connection.walPages > 0, ordering: .relaxed)
      turn.checkpoint.run(on: connection)
      return outcome
    }
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
