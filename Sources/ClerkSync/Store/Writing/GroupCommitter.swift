import SQLite

/// Commits groups of writes on one open connection, which saves about 230 of 470 µs a write.
struct GroupCommitter: ~Copyable {
  /// A connection and the file that it was opened on.
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

  /// Commits the group and returns the results in the writes' order. A successful write is on disk.
  mutating func commit(_ group: [PendingOperation]) -> [Result<Outcome, StoreError>] {
    do throws(StoreError) {
      let session = try takeSession(deadline: group.compactMap(\.deadline).min() ?? .now)
      let results = try transact(group, on: session.connection)
      checkpoint.run(on: session.connection)
      // Close a connection after a database error: one that SQLite opened read-only would stay read-only.
      if results.allSatisfy(\.isOfTheWriteItself) { self.session = consume session }
      return results
    } catch {
      // A deferred foreign key fails only at the commit, and a trigger can roll back the transaction. Retry each write
      // in a transaction of its own, so that only the faulty ones fail.
      if group.count > 1, case .sqlite(let cause, _) = error, cause.kind == .constraint {
        return group.flatMap { commit([$0]) }
      }
      return group.map { _ in .failure(error) }
    }
  }

  /// Takes the open connection, or opens one when there is none or the file has been replaced.
  private mutating func takeSession(
    deadline: ContinuousClock.Instant
  ) throws(StoreError) -> Session {
    if let kept = session.take(), kept.file == FileIdentity(database.path), kept.file != nil {
      kept.connection.deadline = deadline
      return kept
    }
    let connection = try database.open(deadline: deadline)
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
          results.append(
            try attempt(pending.operation, on: connection, rethrowsMismatch: isFirstTry))
        }
        return results
      }
    }
  }

  /// Runs one write in its own savepoint, so that it can fail alone. A schema mismatch is rethrown instead when
  /// `rethrowsMismatch` is set, and the caller retries the whole group.
  private func attempt(
    _ operation: StoreOperation, on connection: borrowing Connection, rethrowsMismatch: Bool
  ) throws(SQLiteError) -> Result<Outcome, StoreError> {
    try connection.run("SAVEPOINT delivery")
    do throws(SQLiteError) {
      let outcome = try operation.perform(in: context, on: connection)
      try connection.run("RELEASE delivery")
      return .success(outcome)
    } catch {
      // Some errors, such as a full disk, roll back the whole transaction and with it the rest of the group.
      guard connection.isInTransaction, !(rethrowsMismatch && error.kind == .schema) else { throw error }
      try connection.run("ROLLBACK TO delivery")
      try connection.run("RELEASE delivery")
      return .failure(operation.explain(error, in: database, on: connection))
    }
  }
}

extension Result<Outcome, StoreError> {
  /// Whether the result concerns this write alone and not its connection.
  var isOfTheWriteItself: Bool {
    switch self {
    case .success, .failure(.emailTaken): true
    case .failure(.sqlite(let error, _)): error.kind == .constraint
    case .failure: false
    }
  }

  /// Whether the result means that nothing can be written to the database.
  var isOfTheDatabase: Bool {
    switch self {
    case .success, .failure(.emailTaken): false
    case .failure(.sqlite(let error, _)):
      [.busy, .cannotOpen, .readOnly, .full, .inputOutput, .notADatabase].contains(error.kind)
    case .failure: true
    }
  }
}
