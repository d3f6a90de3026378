import CSQLite

/// One connection to a database file; the only owner of a `sqlite3` handle. It closes when it goes out of scope.
///
/// It never checkpoints a WAL of its own accord, neither after a commit nor on closing: SQLite's automatic
/// checkpoint is passive, and up to 3.51.2 a passive one that races another's commit can corrupt the database
/// (sqlite.org/wal.html#walresetbug). ``checkpoint()`` does it under the writer's lock.
///
/// SQL is a `StaticString`: text that came from outside can be bound, never spliced in.
@safe public struct Connection: ~Copyable {
  private let handle: OpaquePointer
  private let cache = StatementCache()
  /// What the hooks share with this connection; SQLite holds its address.
  private let hooks: UnsafeMutablePointer<Hooks>

  /// How `open` treats a file that is not there.
  public enum Mode: Sendable {
    case mustExist
    case createIfMissing
  }

  /// Opens the file for reading and writing.
  ///
  /// Foreign keys are enforced, which SQLite leaves off on every new connection
  /// (sqlite.org/foreignkeys.html#fk_enable), and a locked database is waited for, up to `busyTimeout`
  /// milliseconds from now; see ``setBusyTimeout(_:)``.
  public init(path: String, mode: Mode, busyTimeout: Int32) throws(SQLiteError) {
    Library.configure
    let create = mode == .createIfMissing ? SQLITE_OPEN_CREATE : 0
    // No mutex inside SQLite: a noncopyable connection is in one place at a time.
    let flags = SQLITE_OPEN_READWRITE | create | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    var opened: OpaquePointer?
    let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
    // SQLite hands out a handle even when it fails, to ask for the message and to close.
    guard let handle = unsafe opened else { throw SQLiteError(code: code, message: "out of memory") }
    guard code == SQLITE_OK else {
      let error = unsafe SQLiteError(code: code, of: handle)
      unsafe sqlite3_close_v2(handle)
      throw error
    }
    unsafe self.handle = handle
    unsafe hooks = .allocate(capacity: 1)
    unsafe hooks.initialize(to: Hooks(busyTimeout: busyTimeout))
    unsafe csqlite_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1)
    unsafe csqlite_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    unsafe hooks.pointee.install(on: handle, at: hooks)
  }

  deinit {
    // A statement that outlives the connection keeps the handle (sqlite.org/c3ref/close.html), but not the hooks.
    unsafe Hooks.remove(from: handle)
    unsafe sqlite3_close_v2(handle)
    unsafe hooks.deallocate()
  }

  /// How many pages the WAL held after this connection's last commit; 0 in other journal modes.
  public var walPages: Int { Int(unsafe hooks.pointee.pagesInWAL) }

  /// Waits no longer than so many milliseconds from now for locks that other connections hold, all of them together.
  public func setBusyTimeout(_ milliseconds: Int32) {
    unsafe hooks.pointee.deadline = .now + .milliseconds(milliseconds)
  }

  /// Whether the database is in WAL mode. It stays there for as long as this connection is open, which has then read.
  var isWAL: Bool { (try? journalMode()) == "wal" }

  /// The journal mode as SQLite names it, such as `wal` or `delete` (sqlite.org/pragma.html#pragma_journal_mode).
  public func journalMode() throws(SQLiteError) -> String {
    try with("PRAGMA journal_mode") { statement throws(SQLiteError) in
      try statement.step() ? statement.text(at: 0) ?? "" : ""
    }
  }

  /// The first column of the first row; nil for NULL, and for no row.
  public func integer(_ query: StaticString) throws(SQLiteError) -> Int64? {
    try with(query) { statement throws(SQLiteError) in try statement.step() ? statement.integer(at: 0) : nil }
  }

  /// Where the WAL is, beside the file that a symbolic link may lead to (sqlite.org/c3ref/filename_database.html).
  var walPath: String? {
    guard let file = unsafe sqlite3_db_filename(handle, "main"), let path = unsafe sqlite3_filename_wal(file)
    else { return nil }
    return unsafe String(cString: path)
  }

  /// Commits without waiting for the disk, which ``WriteAheadLog/sync()`` then has to be asked for; for databases in
  /// WAL mode, where it endangers nothing else (sqlite.org/pragma.html#pragma_synchronous).
  public func deferSync() throws(SQLiteError) {
    try execute("PRAGMA synchronous = NORMAL")
  }

  /// Moves the whole WAL into the database file, holding the writer's lock, and tells whether it could:
  /// another connection may still be reading from it (sqlite.org/c3ref/wal_checkpoint_v2.html).
  ///
  /// The next writer then begins the WAL anew, over what is there, which is faster on disk than letting a file grow.
  /// But that its content has been moved is known only as long as somebody is connected: without a lasting
  /// connection it has to be truncated.
  public func checkpoint(truncating: Bool) throws(SQLiteError) -> Bool {
    let mode = truncating ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_FULL
    let code = unsafe sqlite3_wal_checkpoint_v2(handle, nil, mode, nil, nil)
    if code & 0xff == SQLITE_BUSY { return false }
    try check(code)
    return true
  }

  /// Compiles one statement.
  public func prepare(_ sql: StaticString) throws(SQLiteError) -> Statement {
    var statement: OpaquePointer?
    let text = unsafe UnsafeRawPointer(sql.utf8Start).assumingMemoryBound(to: CChar.self)
    try check(unsafe sqlite3_prepare_v2(handle, text, Int32(sql.utf8CodeUnitCount), &statement, nil))
    guard let statement = unsafe statement else {
      throw SQLiteError(code: SQLITE_MISUSE, message: "empty statement")
    }
    return unsafe Statement(handle: statement)
  }

  /// Runs `body` with a statement that is compiled once in the connection's life; its values are unbound again.
  public func with<Result>(
    _ sql: StaticString, _ body: (inout Statement) throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    try cache.with(sql, prepare: { () throws(SQLiteError) in try prepare(sql) }, body)
  }

  /// Compiles the statement now, so that a later ``with(_:_:)`` only runs it.
  public func compile(_ sql: StaticString) throws(SQLiteError) {
    try with(sql) { _ in }
  }

  /// Runs one statement that takes no values, and ignores the rows it returns.
  public func execute(_ sql: StaticString) throws(SQLiteError) {
    try with(sql) { statement throws(SQLiteError) in try statement.run() }
  }

  /// How many rows the last INSERT, UPDATE or DELETE changed itself (sqlite.org/c3ref/changes.html).
  public var changes: Int { Int(unsafe sqlite3_changes(handle)) }

  /// The rowid of the last row inserted (sqlite.org/c3ref/last_insert_rowid.html).
  public var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

  /// Whether a transaction is open; some errors end one by themselves (sqlite.org/lang_transaction.html).
  public var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

  /// Runs `body` between BEGIN IMMEDIATE and COMMIT; when either throws, everything is rolled back.
  ///
  /// IMMEDIATE takes the write lock first: a transaction that starts by reading can fail with
  /// SQLITE_BUSY_SNAPSHOT, which no busy timeout waits for (sqlite.org/rescode.html#busy_snapshot).
  public func transaction<Result>(
    _ body: () throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    try execute("BEGIN IMMEDIATE")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      if isInTransaction { try? execute("ROLLBACK") }
      throw error
    }
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw unsafe SQLiteError(code: code, of: handle) }
  }
}
