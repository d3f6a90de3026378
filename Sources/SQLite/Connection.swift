import CSQLite

/// One connection to a database file; the only owner of a `sqlite3` handle. It closes when it goes out of scope.
///
/// SQL is a `StaticString`: text that came from outside can be bound, never spliced in.
@safe public struct Connection: ~Copyable {
  private let handle: OpaquePointer

  /// How `open` treats a file that is not there.
  public enum Mode: Sendable {
    case mustExist
    case createIfMissing
  }

  /// Opens the file for reading and writing.
  ///
  /// Foreign keys are enforced, which SQLite leaves off on every new connection
  /// (sqlite.org/foreignkeys.html#fk_enable), and a locked database is waited for, up to `busyTimeout` milliseconds.
  public init(path: String, mode: Mode, busyTimeout: Int32) throws(SQLiteError) {
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
    unsafe sqlite3_busy_timeout(handle, busyTimeout)
    unsafe csqlite_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1)
  }

  deinit {
    unsafe sqlite3_close_v2(handle)
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

  /// Runs one statement that takes no values, and ignores the rows it returns.
  public func execute(_ sql: StaticString) throws(SQLiteError) {
    var statement = try prepare(sql)
    while try statement.step() {}
  }

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
      // Some errors roll back by themselves (sqlite.org/lang_transaction.html), and then this one fails.
      try? execute("ROLLBACK")
      throw error
    }
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw unsafe SQLiteError(code: code, of: handle) }
  }
}
