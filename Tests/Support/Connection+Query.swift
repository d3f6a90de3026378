public import SQLite

extension Connection {
  /// An existing or new file, opened to look at it; a locked one is not waited for.
  public static func open(_ path: String, busyTimeout: Int32 = 0) throws(SQLiteError) -> Connection {
    try Connection(
      path: path, mode: .createIfMissing, deadline: .now + .milliseconds(busyTimeout))
  }

  /// The first column of every row, as text.
  public func column(_ sql: StaticString) throws(SQLiteError) -> [String?] {
    var statement = try prepare(sql)
    var texts: [String?] = []
    while try statement.step() { texts.append(statement.text(at: 0)) }
    return texts
  }
}
