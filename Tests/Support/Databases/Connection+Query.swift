public import SQLite

extension Connection {
  /// Opens an existing or new file for inspection. By default it does not wait for locks.
  public static func open(_ path: String, busyTimeout: Int32 = 0) throws(SQLiteError) -> Connection {
    try Connection(
      path: path, mode: .createIfMissing, deadline: .now + .milliseconds(busyTimeout))
  }

  /// Returns the first column of every row as text.
  public func column(_ sql: StaticString) throws(SQLiteError) -> [String?] {
    var statement = try prepare(SQL(stringLiteral: sql))
    var texts: [String?] = []
    while try statement.step() { texts.append(statement.text(at: 0)) }
    return texts
  }
}
