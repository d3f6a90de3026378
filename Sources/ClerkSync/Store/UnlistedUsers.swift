import SQLite

/// The users who had a row when this value was created, minus those found in Clerk's list since.
///
/// A user who is created during the walk through Clerk's list is therefore never mistaken for one that Clerk lacks. The
/// ids are in a temporary table, which SQLite spills to disk, so memory use does not depend on the number of rows.
public struct UnlistedUsers: ~Copyable {
  /// The number of rows at the start.
  public let rows: Int
  private let database: Database
  private let connection: Connection

  public init(of store: UserStore) throws(StoreError) {
    let database = store.database
    let connection = try database.open()
    try database.sql(connection.run("CREATE TEMP TABLE unlisted (id TEXT PRIMARY KEY) WITHOUT ROWID"))
    try database.sql(
      connection.run("INSERT INTO temp.unlisted SELECT id FROM main.users WHERE id IS NOT NULL"))
    rows = connection.changes
    self.database = database
    self.connection = connection
  }

  /// Removes the users with these ids.
  public func strike(_ ids: [String]) throws(StoreError) {
    try database.sql(connection.run("BEGIN"))
    for id in ids {
      try database.sql(connection.run("DELETE FROM temp.unlisted WHERE id = ?1", id))
    }
    try database.sql(connection.run("COMMIT"))
  }

  /// Returns the ids of the remaining users who still have a row, in order.
  public func ids() throws(StoreError) -> [String] {
    try database.sql(
      connection.all(
        "SELECT id FROM temp.unlisted WHERE id IN (SELECT id FROM main.users) ORDER BY id"
      ) { $0.text(at: 0) ?? "" })
  }
}
