import SQLite

/// The application's `users` table: made when it is absent, otherwise taken as it stands.
enum UserTable {
  /// What an adopted table must have.
  static let columns = "id, email, firstName, lastName, password, phone, role, createdAt, updatedAt"

  private static let creation: StaticString = """
    CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE,
      firstName TEXT NOT NULL, lastName TEXT NOT NULL, password TEXT, phone TEXT,
      role TEXT NOT NULL DEFAULT 'client', createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL)
    """

  /// One statement for created and updated alike: an update whose create was lost heals itself.
  private static let upsert: StaticString = """
    INSERT INTO users (id, email, firstName, lastName, password, phone, role, createdAt, updatedAt)
    VALUES (?1, ?2, ?3, ?4, '', NULL, ?5, ?6, ?6)
    ON CONFLICT (id) DO UPDATE SET email = excluded.email, firstName = excluded.firstName,
      lastName = excluded.lastName, role = excluded.role, updatedAt = excluded.updatedAt
    """

  private static let deletion: StaticString = "DELETE FROM users WHERE id = ?1"

  /// The statement that writes `user`; `now` is in the table's unit of time.
  static func upsert(
    _ user: User, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> Statement {
    var statement = try prepare(upsert, on: connection)
    for (index, text) in [user.id, user.email, user.firstName, user.lastName, user.role].enumerated() {
      try statement.bind(text, at: Int32(index + 1))
    }
    try statement.bind(now, at: 6)
    return statement
  }

  /// The statement that removes the user.
  static func delete(id: String, on connection: borrowing Connection) throws(SQLiteError) -> Statement {
    var statement = try prepare(deletion, on: connection)
    try statement.bind(id, at: 1)
    return statement
  }

  /// Throws unless both statements fit the database's schema.
  static func check(on connection: borrowing Connection) throws(SQLiteError) {
    _ = try prepare(upsert, on: connection)
    _ = try prepare(deletion, on: connection)
  }

  /// Compiling is what notices a missing table, so a table that is there costs no extra statement.
  private static func prepare(
    _ sql: StaticString, on connection: borrowing Connection
  ) throws(SQLiteError) -> Statement {
    do throws(SQLiteError) {
      return try connection.prepare(sql)
    } catch {
      guard error.kind == .schema else { throw error }
      try connection.execute(creation)
      return try connection.prepare(sql)
    }
  }
}
