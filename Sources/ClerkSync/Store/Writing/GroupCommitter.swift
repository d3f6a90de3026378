import SQLite

/// The kept connection of a shared writer, and the transaction of a group of writes.
struct GroupCommitter: ~Copyable {
  /// A connection, and the file it was opened on.
  private struct Session: ~Copyable {
    let file: FileIdentity?
    let connection: Connection
  }

  private let database: Database
  private let context: StoreOperation.Context
  private var session: Session?
  private var checkpoint = Checkpoint(keepsConnection: true)

  init(_ database: Database, context: StoreOperation.Context) {
    self.database = database
    self.context = context
  }

  /// The results of the writes, in their order: all on disk, or each with its reason.
  mutating func commit(_ group: [PendingOperation]) -> [Result<Outcome, StoreError>] {
    do throws(StoreError) {
      let timeout = group.compactMap { $0.deadline?.remaining }.min() ?? 0
      let session = try take(timeout: timeout)
      session.connection.setBusyTimeout(timeout)
      let results = try transact(group, on: session.connection)
      checkpoint.run(on: session.connection)
      // A connection in trouble is not used again: one opened for reading only would stay so for ever.
      if results.allSatisfy(\.isOfTheWriteItself) { self.session = consume session }
      return results
    } catch {
      // A deferred reference fails at the commit, and a trigger can end a transaction: each then has one of its own, so
      // that only those that are to blame fail.
      if group.count > 1, case .sqlite(let cause, _) = error, cause.kind == .constraint {
        return group.flatMap { commit([$0]) }
      }
      return group.map { _ in .failure(error) }
    }
  }

  /// The kept connection, unless the file has been replaced since.
  private mutating func take(timeout: Int32) throws(StoreError) -> Session {
    if let kept = session.take(), kept.file == FileIdentity(database.path), kept.file != nil { return kept }
    let connection = try database.open(timeout: timeout)
    try database.prepareSchema(on: connection)
    return Session(file: FileIdentity(database.path), connection: connection)
  }

  private func transact(
    _ group: [PendingOperation], on connection: borrowing Connection
  ) throws(StoreError) -> [Result<Outcome, StoreError>] {
    var isFirstTry = true
    return try database.withSchemaRetry(connection) { error in
      .sqlite(error, database: database.path)
    } _: { () throws(SQLiteError) in
      defer { isFirstTry = false }
      return try connection.transaction { () throws(SQLiteError) in
        var results: [Result<Outcome, StoreError>] = []
        for pending in group {
          results.append(try attempt(pending.operation, on: connection, givesUpUnfit: isFirstTry))
        }
        return results
      }
    }
  }

  /// One write under its savepoint: what goes wrong in it undoes nothing of its neighbours', but for a statement that
  /// does not fit the schema when `givesUpUnfit`: then all are to be tried again.
  private func attempt(
    _ operation: StoreOperation, on connection: borrowing Connection, givesUpUnfit: Bool
  ) throws(SQLiteError) -> Result<Outcome, StoreError> {
    try connection.execute("SAVEPOINT delivery")
    do throws(SQLiteError) {
      let outcome = try operation.perform(in: context, on: connection)
      try connection.execute("RELEASE delivery")
      return .success(outcome)
    } catch {
      // A full disk, say, has ended the whole transaction: nothing of the group is left to save.
      guard connection.isInTransaction, !(givesUpUnfit && error.kind == .schema) else { throw error }
      try connection.execute("ROLLBACK TO delivery")
      try connection.execute("RELEASE delivery")
      return .failure(operation.explain(error, in: database, on: connection))
    }
  }
}

extension Result<Outcome, StoreError> {
  /// Whether it says something of the write alone, and nothing of the connection it went through.
  var isOfTheWriteItself: Bool {
    switch self {
    case .success, .failure(.emailTaken): true
    case .failure(.sqlite(let error, _)): error.kind == .constraint
    case .failure: false
    }
  }

  /// Whether it says that nothing can be written at all.
  var isOfTheDatabase: Bool {
    switch self {
    case .success, .failure(.emailTaken): false
    case .failure(.sqlite(let error, _)):
      [.busy, .cannotOpen, .readOnly, .full, .inputOutput, .notADatabase].contains(error.kind)
    case .failure: true
    }
  }
}
