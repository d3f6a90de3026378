import SQLite
import Synchronization

/// Gives each write a connection and a transaction of its own.
final class SeparateWriter: Writer {
  private let database: Database
  private let context: Write.Context
  private let keeper: Keeper?
  /// One writer at a time in this process, so that no thread sleeps in SQLite's busy handler for another's lock.
  private let turn = Mutex(Checkpoint())
  /// Whether the last commit went to a WAL, where reading is not in a writer's way.
  private let isWAL = Atomic(false)

  init(_ database: Database, context: Write.Context, keepsConnection: Bool) {
    self.database = database
    self.context = context
    keeper = keepsConnection ? Keeper() : nil
  }

  func write(_ write: Write, patience: Int32?) throws(StoreError) -> Outcome {
    let deadline = Deadline(milliseconds: patience ?? 0)
    let connection = try database.open(patience: deadline.remaining)
    if isWAL.load(ordering: .relaxed) {
      // While another thread commits. What does not fit is told when it runs.
      try? write.compile(on: connection)
    }
    return try turn.withLock { checkpoint throws(StoreError) in
      // Waiting for the other threads counts: the sender's patience began with the request.
      connection.setBusyTimeout(deadline.remaining)
      let outcome = try transact(write, on: connection)
      keeper?.keep(database.path)
      isWAL.store(connection.walPages > 0, ordering: .relaxed)
      checkpoint.run(on: connection)
      return outcome
    }
  }

  /// Tables that are missing, or of a newer program, show in statements that do not fit: so those that are as
  /// they should be cost no look at the schema.
  private func transact(_ write: Write, on connection: borrowing Connection) throws(StoreError) -> Outcome {
    do throws(SQLiteError) {
      return try perform(write, on: connection)
    } catch {
      guard error.kind == .schema else { throw write.explain(error, in: database, on: connection) }
    }
    try database.prepareSchema(on: connection)
    do throws(SQLiteError) {
      return try perform(write, on: connection)
    } catch {
      throw write.explain(error, in: database, on: connection)
    }
  }

  private func perform(_ write: Write, on connection: borrowing Connection) throws(SQLiteError) -> Outcome {
    try connection.transaction { () throws(SQLiteError) in
      try write.perform(in: context, on: connection)
    }
  }
}
