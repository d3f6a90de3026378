import CSQLite

/// A prepared statement; the only owner of a `sqlite3_stmt` handle. It is finalized when it goes out of scope.
@safe public struct Statement: ~Copyable {
  private let handle: OpaquePointer

  @unsafe init(handle: OpaquePointer) {
    unsafe self.handle = handle
  }

  deinit {
    unsafe sqlite3_finalize(handle)
  }

  /// Binds a text to the parameter `?index`, counted from 1; SQLite copies it.
  public mutating func bind(_ text: String, at index: Int32) throws(SQLiteError) {
    let copy = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    var text = text
    let code = text.withUTF8 { utf8 in
      unsafe utf8.withMemoryRebound(to: CChar.self) { bytes in
        unsafe sqlite3_bind_text(handle, index, bytes.baseAddress, Int32(bytes.count), copy)
      }
    }
    try check(code)
  }

  /// Binds a text or, for nil, NULL to the parameter `?index`, counted from 1.
  public mutating func bind(_ text: String?, at index: Int32) throws(SQLiteError) {
    if let text {
      try bind(text, at: index)
    } else {
      try check(unsafe sqlite3_bind_null(handle, index))
    }
  }

  /// Binds an integer to the parameter `?index`, counted from 1.
  public mutating func bind(_ integer: Int64, at index: Int32) throws(SQLiteError) {
    try check(unsafe sqlite3_bind_int64(handle, index, integer))
  }

  /// Runs to the next row and tells whether there is one.
  public mutating func step() throws(SQLiteError) -> Bool {
    let code = unsafe sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw unsafe SQLiteError(code: code, of: sqlite3_db_handle(handle), isRunning: true)
    }
  }

  /// Runs to the end, past any rows.
  public mutating func run() throws(SQLiteError) {
    while try step() {}
  }

  /// Ends a run, before or after its last row, and unbinds the values.
  mutating func reset() {
    // Both repeat the last run's error at most, which has been thrown already.
    unsafe sqlite3_reset(handle)
    unsafe sqlite3_clear_bindings(handle)
  }

  /// The current row's text in the column, counted from 0; nil for NULL.
  public func text(at column: Int32) -> String? {
    guard let bytes = unsafe sqlite3_column_text(handle, column) else { return nil }
    let count = Int(unsafe sqlite3_column_bytes(handle, column))
    return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// The current row's integer in the column, counted from 0; nil for NULL.
  public func integer(at column: Int32) -> Int64? {
    unsafe sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : sqlite3_column_int64(handle, column)
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw unsafe SQLiteError(code: code, of: sqlite3_db_handle(handle)) }
  }
}
