import CSQLite

/// A prepared statement: the only owner of its `sqlite3_stmt` handle. It is finalized when it goes out of scope.
///
/// A borrowed statement can only read the current row.
@safe public struct Statement: ~Copyable {
  private let handle: OpaquePointer

  @unsafe init(handle: OpaquePointer) {
    unsafe self.handle = handle
  }

  deinit {
    unsafe sqlite3_finalize(handle)
  }

  /// Binds the values to the parameters `?1`, `?2` and so on.
  public mutating func bind<each Value: Bindable>(_ values: repeat each Value) throws(SQLiteError) {
    var index: Int32 = 0
    for value in repeat each values {
      index += 1
      try bind(value, at: index)
    }
  }

  /// Binds the value to the parameter `?index`, counted from 1.
  public mutating func bind(_ value: some Bindable, at index: Int32) throws(SQLiteError) {
    let code = unsafe value.bind(to: handle, at: index)
    guard code == SQLITE_OK else { throw unsafe SQLiteError(code: code, of: sqlite3_db_handle(handle)) }
  }

  /// Binds as many of the values as the statement has parameters.
  public mutating func bind(_ values: [Value]) throws(SQLiteError) {
    let count = Int(unsafe sqlite3_bind_parameter_count(handle))
    for (index, value) in values.prefix(count).enumerated() { try bind(value, at: Int32(index + 1)) }
  }

  /// Runs to the next row; returns false when there is none.
  public mutating func step() throws(SQLiteError) -> Bool {
    let code = unsafe sqlite3_step(handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw unsafe SQLiteError(code: code, of: sqlite3_db_handle(handle), isRunning: true)
    }
  }

  /// Runs to the end and skips any rows.
  public mutating func run() throws(SQLiteError) {
    while try step() {}
  }

  /// Ends a run, at any row, and unbinds the values.
  mutating func reset() {
    // Both can only repeat the last run's error, which has been thrown already.
    unsafe sqlite3_reset(handle)
    unsafe sqlite3_clear_bindings(handle)
  }

  /// Returns the current row's text in the column, counted from 0; nil for NULL.
  public func text(at column: Int32) -> String? {
    guard let bytes = unsafe sqlite3_column_text(handle, column) else { return nil }
    let count = Int(unsafe sqlite3_column_bytes(handle, column))
    return unsafe String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  /// Returns the current row's integer in the column, counted from 0; nil for NULL.
  public func integer(at column: Int32) -> Int64? {
    unsafe sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : sqlite3_column_int64(handle, column)
  }
}

/// A value that a statement can bind to a parameter.
public protocol Bindable {
  /// Binds the value and returns SQLite's result code. SQLite copies the value.
  @unsafe func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

extension Int64: Bindable {
  @unsafe public func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    unsafe sqlite3_bind_int64(statement, index, self)
  }
}

extension Int: Bindable {
  @unsafe public func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    unsafe Int64(self).bind(to: statement, at: index)
  }
}

extension String: Bindable {
  @unsafe public func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    var text = self
    return text.withUTF8 { utf8 in
      unsafe utf8.withMemoryRebound(to: CChar.self) { bytes in
        unsafe sqlite3_bind_text(statement, index, bytes.baseAddress, Int32(bytes.count), copied)
      }
    }
  }
}

extension [UInt8]: Bindable {
  @unsafe public func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    unsafe withUnsafeBytes { bytes in
      // A null pointer would bind NULL instead of an empty blob.
      guard let start = bytes.baseAddress else { return unsafe sqlite3_bind_zeroblob(statement, index, 0) }
      return unsafe sqlite3_bind_blob(statement, index, start, Int32(bytes.count), copied)
    }
  }
}

extension Optional: Bindable where Wrapped: Bindable {
  /// Binds NULL for nil.
  @unsafe public func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    guard let self else { return unsafe sqlite3_bind_null(statement, index) }
    return unsafe self.bind(to: statement, at: index)
  }
}

/// SQLITE_TRANSIENT, which Swift does not import.
private var copied: sqlite3_destructor_type { unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
