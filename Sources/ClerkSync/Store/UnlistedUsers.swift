import SQLite

/// The users who had a row when this was made, less those that a walk through Clerk's list has come across since.
///
/// So a user who comes to be during the walk is never taken for one that Clerk does not have. The ids are in a temporary
/// table, which SQLite moves to disk when it grows: the memory does not depend on the number of rows.
public struct UnlistedUsers: ~Copyable {
  /// How many rows there were.
  public let rows: Int
  private let database: Database
  private let connection: Connection

  public init(of store: UserStore) throws(StoreError) {
    let database = store.database
    let connection = try database.open()
    rows = try database.sql { () throws(SQLiteError) in
      try connection.execute("CREATE TEMP TABLE unlisted (id TEXT PRIMARY KEY) WITHOUT ROWID")
      try connection.execute("INSERT INTO temp.unlisted SELECT id FROM main.users WHERE id IS NOT NULL")
      return connection.changes
    }
    self.database = database
    self.connection = connection
  }

  /// Takes out the users with these ids.
  public func strike(_ ids: [String]) throws(StoreError) {
    try database.sql { () throws(SQLiteError) in
      try connection.execute("BEGIN")
      for id in ids {
        try connection.with("DELETE FROM temp.unlisted WHERE id = ?1") { statement throws(SQLiteError) in
          try statement.bind(id, at: 1)
          try statement.run()
        }
      }
      try connection.execute("COMMIT")
    }
  }

  /// Those that remain and still have a row, in the order of their ids.
  public func ids() throws(StoreError) -> [String] {
    try database.sql { () throws(SQLiteError) in
      var statement = try connection.prepare(
        "SELECT id FROM temp.unlisted WHERE id IN (SELECT id FROM main.users) ORDER BY id")
      var ids: [String] = []
      while try statement.step() { if let id = statement.text(at: 0) { ids.append(id) } }
      return ids
    }
  }
}
