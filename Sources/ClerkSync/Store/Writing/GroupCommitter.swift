import SQLite

/// Commits groups of writes, each group in one transaction on one connection.
///
/// The connection is opened for the group and closed after it, or kept for the next group if the connection is shared.
struct GroupCommitter: ~Copyable {
  /// A connection and the file that it was opened on.
  private struct Session: ~Copyable {
    let file: FileIdentity?
    let connection: Connection
  }

  private let database: Database
  private let context: StoreOperation.Context
  private let sharesConnection: Bool
  private var session: Session?
  private var idle: IdleConnection?
  private var checkpoint: Checkpoint
  /// The file whose schema has been checked. Not checking it again saves 16 µs a group.
  private var inspected: FileIdentity?
  /// Whether the sync's tables were lost, and no delivery has reported it yet.
  private var hasLostTables = false

  /// Names what schema tools of applications do: `drizzle-kit push` and `prisma migrate reset` drop tables that they do
  /// not know.
  static let lostTables = """
    clerk-sync's tables had been dropped and are created again, so earlier deletions and deliveries are no longer \
    remembered: run clerk-sync reconcile, and have the tool that dropped them leave clerk_sync_* alone
    """

  init(_ database: Database, context: StoreOperation.Context, options: UserStore.Options) {
    self.database = database
    self.context = context
    sharesConnection = options.connection == .shared
    idle = !sharesConnection && options.keepsConnection ? IdleConnection() : nil
    checkpoint = Checkpoint(keepsConnection: sharesConnection || options.keepsConnection)
  }

  /// Commits the group and returns the results in the writes' order. A successful write is on disk.
  ///
  /// Waits for another program's lock until `deadline`. Failures are recorded in the ledger afterwards, unless the
  /// database itself is at fault.
  mutating func commit(
    _ group: [StoreOperation], deadline: ContinuousClock.Instant
  ) -> [Result<Receipt, StoreError>] {
    var results = commitTogether(group, deadline: deadline)
    let failures = zip(group, results).compactMap { $0.failure(because: $1) }
    if !failures.isEmpty { _ = commitTogether(failures, deadline: .now) }
    if hasLostTables { reportLostTables(in: &results, of: group) }
    return results
  }

  /// Warns with the first delivery that succeeded, because only a delivery's warning is logged.
  private mutating func reportLostTables(
    in results: inout [Result<Receipt, StoreError>], of group: [StoreOperation]
  ) {
    for (index, operation) in group.enumerated() {
      guard operation.isDelivery, case .success(var receipt) = results[index] else { continue }
      receipt.warning = [receipt.warning, Self.lostTables].compactMap(\.self).joined(separator: "; ")
      results[index] = .success(receipt)
      hasLostTables = false
      return
    }
  }

  private mutating func commitTogether(
    _ group: [StoreOperation], deadline: ContinuousClock.Instant
  ) -> [Result<Receipt, StoreError>] {
    do throws(StoreError) {
      let session = try takeSession(deadline: deadline)
      let log = idle?.log(of: session.file)
      try database.sql(log?.recover(with: session.connection))
      let results = try transact(group, hasWAL: log != nil, on: session.connection)
      try database.sql(log?.sync())
      idle?.keep(database.path, hasWAL: session.connection.walPages > 0)
      checkpoint.run(on: session.connection)
      // Close a connection after a database error: one that SQLite opened read-only would stay read-only.
      if sharesConnection, results.allSatisfy(\.isOfTheWriteItself) { self.session = consume session }
      return results
    } catch {
      // A deferred foreign key fails only at the commit, and a trigger can roll back the transaction. Retry each write
      // in a transaction of its own, so that only the faulty ones fail.
      if group.count > 1, case .sqlite(let cause, _) = error, cause.kind == .constraint {
        return group.flatMap { commitTogether([$0], deadline: deadline) }
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
    let connection = try database.connect(deadline: deadline)
    let file = FileIdentity(database.path)
    if idle?.log(of: file) != nil {
      try database.sql(connection.deferSync())
    } else {
      try database.sql(connection.syncFully())
    }
    if inspected != file || file == nil { try prepareSchema(on: connection) }
    inspected = file
    return Session(file: file, connection: connection)
  }

  private mutating func prepareSchema(on connection: borrowing Connection) throws(StoreError) {
    guard let creation = try database.prepareSchema(on: connection), creation.madeVersions else { return }
    // In a file that this process has not used, missing tables are lost only if others are there.
    if inspected != nil || creation.foundOthers { hasLostTables = true }
  }

  /// Performs the group in one transaction. When a statement does not match the schema, prepares the schema and retries
  /// once. A correct schema therefore costs no check.
  private mutating func transact(
    _ group: [StoreOperation], hasWAL: Bool, on connection: borrowing Connection
  ) throws(StoreError) -> [Result<Receipt, StoreError>] {
    do throws(SQLiteError) {
      return try perform(group, hasWAL: hasWAL, isFirstTry: true, on: connection)
    } catch {
      guard error.kind == .schema else { throw explain(error, of: group, on: connection) }
    }
    try prepareSchema(on: connection)
    do throws(SQLiteError) {
      return try perform(group, hasWAL: hasWAL, isFirstTry: false, on: connection)
    } catch {
      throw explain(error, of: group, on: connection)
    }
  }

  private func explain(
    _ error: SQLiteError, of group: [StoreOperation], on connection: borrowing Connection
  ) -> StoreError {
    group.count == 1
      ? group[0].explain(error, in: context, database, on: connection)
      : .sqlite(error, database: database.path)
  }

  private func perform(
    _ group: [StoreOperation], hasWAL: Bool, isFirstTry: Bool, on connection: borrowing Connection
  ) throws(SQLiteError) -> [Result<Receipt, StoreError>] {
    try connection.transaction { () throws(SQLiteError) in
      if !hasWAL { try database.keepJournal(on: connection) }
      // The transaction itself undoes a write that is alone.
      if group.count == 1 { return [.success(try group[0].perform(in: context, on: connection))] }
      var results: [Result<Receipt, StoreError>] = []
      for operation in group {
        results.append(try attempt(operation, on: connection, rethrowsMismatch: isFirstTry))
      }
      return results
    }
  }

  /// Runs one write in its own savepoint, so that it can fail alone. A schema mismatch is rethrown instead when
  /// `rethrowsMismatch` is set, and the caller retries the whole group.
  private func attempt(
    _ operation: StoreOperation, on connection: borrowing Connection, rethrowsMismatch: Bool
  ) throws(SQLiteError) -> Result<Receipt, StoreError> {
    try connection.run("SAVEPOINT delivery")
    do throws(SQLiteError) {
      let receipt = try operation.perform(in: context, on: connection)
      try connection.run("RELEASE delivery")
      return .success(receipt)
    } catch {
      // Some errors, such as a full disk, roll back the whole transaction and with it the rest of the group.
      guard connection.isInTransaction, !(rethrowsMismatch && error.kind == .schema) else { throw error }
      try connection.run("ROLLBACK TO delivery")
      try connection.run("RELEASE delivery")
      return .failure(operation.explain(error, in: context, database, on: connection))
    }
  }
}

/// An idle connection that a long-running process keeps to a WAL database, beside the ones that it opens for each group.
///
/// When the last connection to a WAL database closes, SQLite removes the WAL's index, and the next connection has to
/// rebuild it. Keeping one open saves about 700 of 1170 µs a request. A connection holds the WAL only once it has read.
/// It also lets the committer sync the WAL alone: SQLite syncs the folder too with the first commit of each connection.
private struct IdleConnection: ~Copyable {
  private var file: FileIdentity?
  private var log: WriteAheadLog?
  private var connection: Connection?

  /// Returns the WAL of the file; nil when no connection to that file is kept.
  func log(of file: FileIdentity?) -> WriteAheadLog? {
    self.file == file ? log : nil
  }

  /// Keeps a connection to the file at `path` if it `hasWAL`. Closes one to a file that has been replaced.
  ///
  /// Only speed depends on the connection, so the next call retries after a failure.
  mutating func keep(_ path: String, hasWAL: Bool) {
    guard let file = FileIdentity(path), self.file != file else { return }
    self = IdleConnection()
    guard hasWAL, let connection = try? Connection(path: path, mode: .mustExist),
      (try? connection.run("SELECT 1 FROM sqlite_schema LIMIT 1")) != nil,
      let log = WriteAheadLog(of: connection)
    else { return }
    self.file = file
    self.log = log
    self.connection = consume connection
  }
}

extension Result<Receipt, StoreError> {
  /// Whether another program held a lock for too long.
  var isBusy: Bool {
    guard case .failure(.sqlite(let error, _)) = self else { return false }
    return error.kind == .busy
  }

  /// Whether the result concerns this write alone and not its connection.
  var isOfTheWriteItself: Bool {
    switch self {
    case .success, .failure(.emailTaken), .failure(.addressNotClerks), .failure(.awaiting): true
    case .failure(.sqlite(let error, _)): error.kind == .constraint
    case .failure: false
    }
  }

  /// Whether the result means that nothing can be written to the database.
  var isOfTheDatabase: Bool {
    switch self {
    case .success, .failure(.emailTaken), .failure(.addressNotClerks), .failure(.awaiting): false
    case .failure(.sqlite(let error, _)):
      [.busy, .cannotOpen, .readOnly, .full, .inputOutput, .notADatabase].contains(error.kind)
    case .failure: true
    }
  }
}
