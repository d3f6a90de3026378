import CSQLite

/// SQLite's plan for a statement (sqlite.org/eqp.html).
public enum QueryPlan {
  /// Returns the steps, such as `SEARCH users USING INDEX …`; none when the statement does not compile.
  public static func steps(of sql: String, in path: String) -> [String] {
    var connection: OpaquePointer?
    var statement: OpaquePointer?
    unsafe sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, nil)
    defer { unsafe sqlite3_close_v2(connection) }
    unsafe sqlite3_prepare_v2(connection, "EXPLAIN QUERY PLAN \(sql)", -1, &statement, nil)
    defer { unsafe sqlite3_finalize(statement) }
    var steps: [String] = []
    while unsafe sqlite3_step(statement) == SQLITE_ROW {
      if let text = unsafe sqlite3_column_text(statement, 3) { steps.append(unsafe String(cString: text)) }
    }
    return steps
  }
}
