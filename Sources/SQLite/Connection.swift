import CSQLite

/// A connection to one database file: the only owner of its `sqlite3` handle. It closes when it goes out of scope.
///
/// A connection never checkpoints a WAL by itself, neither after a commit nor on closing. SQLite's automatic
/// checkpoint is passive, and up to 3.51.2 a passive checkpoint that races a commit can corrupt the database
/// (sqlite.org/wal.html#walresetbug). ``checkpoint(truncating:)`` holds the write lock instead.
///
/// Outside text can be bound to ``SQL``, but never spliced into it. Each statement is compiled once in the connection's
/// life, except by ``prepare(_:)``.
@safe public struct Connection: ~Copyable {
  private let handle: OpaquePointer
  private let cache = StatementCache()
  /// The state that the hooks share with this connection. SQLite holds its address.
  private let hooks: UnsafeMutablePointer<Hooks>

  /// What to do about a missing file.
  public enum Mode: Sendable {
    case mustExist
    case createIfMissing
  }

  /// Opens the file for reading and writing. Waiting for other connections' locks ends at `deadline`.
  ///
  /// Foreign keys are enforced; SQLite leaves them off on every new connection (sqlite.org/foreignkeys.html#fk_enable).
  public init(
    path: String, mode: Mode, deadline: ContinuousClock.Instant = .now
  ) throws(SQLiteError) {
    Library.configure
    let create = mode == .createIfMissing ? SQLITE_OPEN_CREATE : 0
    // SQLite needs no mutex of its own: a noncopyable connection is used by one thread at a time.
    let flags = SQLITE_OPEN_READWRITE | create | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    var opened: OpaquePointer?
    let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
    // After a failure the handle still holds the message, and still has to be closed.
    guard let handle = unsafe opened else { throw SQLiteError(code: code, message: "out of memory") }
    guard code == SQLITE_OK else {
      let error = unsafe SQLiteError(code: code, of: handle)
      unsafe sqlite3_close_v2(handle)
      throw error
    }
    unsafe self.handle = handle
    unsafe hooks = .allocate(capacity: 1)
    unsafe hooks.initialize(to: Hooks(deadline: deadline))
    unsafe csqlite_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1)
    unsafe csqlite_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    unsafe hooks.pointee.install(on: handle, at: hooks)
  }

  deinit {
    // A statement that outlives the connection keeps the handle alive (sqlite.org/c3ref/close.html), not the hooks.
    unsafe Hooks.remove(from: handle)
    unsafe sqlite3_close_v2(handle)
    unsafe hooks.deallocate()
  }

  /// The instant at which waiting for other connections' locks ends: one limit for all locks together.
  public var deadline: ContinuousClock.Instant {
    get { unsafe hooks.pointee.deadline }
    nonmutating set { unsafe hooks.pointee.deadline = newValue }
  }

  /// The number of pages in the WAL after this connection's last commit; 0 in other journal modes.
  public var walPages: Int { Int(unsafe hooks.pointee.pagesInWAL) }

  /// Whether the database is in WAL mode. Reading this keeps it in WAL mode for as long as the connection is open.
  var isWAL: Bool { (try? journalMode()) == "wal" }

  /// Returns the journal mode as SQLite names it, such as `wal` or `delete`
  /// (sqlite.org/pragma.html#pragma_journal_mode).
  public func journalMode() throws(SQLiteError) -> String {
    try first("PRAGMA journal_mode") { $0.text(at: 0) } ?? ""
  }

  /// The path of the WAL, beside the target of a symbolic link (sqlite.org/c3ref/filename_database.html).
  var walPath: String? {
    guard let file = unsafe sqlite3_db_filename(handle, "main"), let path = unsafe sqlite3_filename_wal(file)
    else { return nil }
    return unsafe String(cString: path)
  }

  /// Returns from a commit only once it is on disk, from now on.
  ///
  /// With less than EXTRA a deleted rollback journal can reappear after a power loss and undo an acknowledged commit. In
  /// WAL mode EXTRA means FULL (sqlite.org/pragma.html#pragma_synchronous).
  public func syncFully() throws(SQLiteError) {
    try run("PRAGMA synchronous = EXTRA")
  }

  /// Commits without syncing from now on; the caller makes commits durable with ``WriteAheadLog/sync()``.
  ///
  /// For databases in WAL mode only: there an unsynced commit can be lost but cannot corrupt the database
  /// (sqlite.org/pragma.html#pragma_synchronous).
  public func deferSync() throws(SQLiteError) {
    try run("PRAGMA synchronous = NORMAL")
  }

  /// Moves the whole WAL into the database file under the write lock. Returns false when a reader still needs the WAL
  /// (sqlite.org/c3ref/wal_checkpoint_v2.html).
  ///
  /// The next writer reuses the WAL from its start, which is faster than growing the file. Only open connections know
  /// that the content has been moved, so a process that keeps no connection has to truncate the file.
  public func checkpoint(truncating: Bool) throws(SQLiteError) -> Bool {
    let mode = truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_FULL
    let code = unsafe sqlite3_wal_checkpoint_v2(handle, nil, mode, nil, nil)
    if code & 0xff == SQLITE_BUSY { return false }
    try check(code)
    return true
  }

  /// Compiles one statement for the caller to keep.
  public func prepare(_ sql: SQL) throws(SQLiteError) -> Statement {
    var statement: OpaquePointer?
    switch sql.text {
    case .literal(let literal):
      let text = unsafe UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self)
      try check(unsafe sqlite3_prepare_v2(handle, text, Int32(literal.utf8CodeUnitCount), &statement, nil))
    case .composed(let composition):
      try check(unsafe sqlite3_prepare_v2(handle, composition.text, -1, &statement, nil))
    }
    guard let statement = unsafe statement else {
      throw SQLiteError(code: SQLITE_MISUSE, message: "empty statement")
    }
    return unsafe Statement(handle: statement)
  }

  /// Runs `body` with the statement, which is reset and unbound afterwards.
  public func with<Result>(
    _ sql: SQL, _ body: (inout Statement) throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    try cache.with(sql, prepare: { () throws(SQLiteError) in try prepare(sql) }, body)
  }

  /// Compiles the statement now; later calls only run it.
  public func compile(_ sql: SQL) throws(SQLiteError) {
    try with(sql) { _ in }
  }

  /// The number of rows that the last INSERT, UPDATE or DELETE changed directly (sqlite.org/c3ref/changes.html).
  public var changes: Int { Int(unsafe sqlite3_changes(handle)) }

  /// The rowid of the last row inserted (sqlite.org/c3ref/last_insert_rowid.html).
  public var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

  /// Whether a transaction is open. Some errors roll one back by themselves (sqlite.org/lang_transaction.html).
  public var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

  /// Whether a row violates a deferred foreign key, so that a commit would fail (sqlite.org/c3ref/c_dbstatus_options.html).
  public var hasForeignKeyViolations: Bool {
    var (count, highest): (Int32, Int32) = (0, 0)
    unsafe sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &count, &highest, 0)
    return count > 0
  }

  /// Runs `body` between BEGIN IMMEDIATE and COMMIT, and rolls back when the body or the commit fails.
  ///
  /// IMMEDIATE takes the write lock first. A transaction that starts with a read can fail with SQLITE_BUSY_SNAPSHOT,
  /// which no busy timeout prevents (sqlite.org/rescode.html#busy_snapshot).
  public func transaction<Result>(
    _ body: () throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    try run("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try run("COMMIT")
      return result
    } catch {
      if isInTransaction { try? run("ROLLBACK") }
      throw error
    }
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw unsafe SQLiteError(code: code, of: handle) }
  }
}

// The first value is bound to ?1, the second to ?2 and so on; a parameter without a value is NULL.
extension Connection {
  /// Runs the statement with the values bound, and ignores any rows.
  public func run<each Value: Bindable>(
    _ sql: SQL, _ values: repeat each Value
  ) throws(SQLiteError) {
    try with(sql) { statement throws(SQLiteError) in
      try statement.bind(repeat each values)
      try statement.run()
    }
  }

  /// Returns `row` of the first row; nil when there is no row.
  public func first<each Value: Bindable, Result>(
    _ query: SQL, _ values: repeat each Value, row: (borrowing Statement) -> Result?
  ) throws(SQLiteError) -> Result? {
    try with(query) { statement throws(SQLiteError) in
      try statement.bind(repeat each values)
      return try statement.step() ? row(statement) : nil
    }
  }

  /// Runs the statement with as many of the values bound as it has parameters, and ignores any rows.
  public func run(_ sql: SQL, values: [Value]) throws(SQLiteError) {
    try with(sql) { statement throws(SQLiteError) in
      try statement.bind(values)
      try statement.run()
    }
  }

  /// Returns `row` of the first row, with as many of the values bound as there are parameters; nil when there is no row.
  public func first<Result>(
    _ query: SQL, values: [Value], row: (borrowing Statement) -> Result?
  ) throws(SQLiteError) -> Result? {
    try with(query) { statement throws(SQLiteError) in
      try statement.bind(values)
      return try statement.step() ? row(statement) : nil
    }
  }

  /// Returns `row` of every row, in their order.
  public func all<each Value: Bindable, Result>(
    _ query: SQL, _ values: repeat each Value, row: (borrowing Statement) -> Result
  ) throws(SQLiteError) -> [Result] {
    try with(query) { statement throws(SQLiteError) in
      try statement.bind(repeat each values)
      var results: [Result] = []
      while try statement.step() { results.append(row(statement)) }
      return results
    }
  }

  /// Returns the first column of the first row; nil for NULL, and when there is no row.
  public func integer<each Value: Bindable>(
    _ query: SQL, _ values: repeat each Value
  ) throws(SQLiteError) -> Int64? {
    try first(query, repeat each values) { $0.integer(at: 0) }
  }
}
