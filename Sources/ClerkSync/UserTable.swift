import SQLite

/// The application's `users` table: made when it is absent, otherwise taken as it stands.
enum UserTable {
  /// What an adopted table must have.
  static let columns = "id, email, firstName, lastName, password, phone, role, createdAt, updatedAt"

  /// One statement for created and updated alike: an update whose create was lost heals itself.
  static let upsert: StaticString = """
    INSERT INTO users (id, email, firstName, lastName, password, phone, role, createdAt, updatedAt)
    VALUES (?1, ?2, ?3, ?4, '', NULL, ?5, ?6, ?6)
    ON CONFLICT (id) DO UPDATE SET email = excluded.email, firstName = excluded.firstName,
      lastName = excluded.lastName, role = excluded.role, updatedAt = excluded.updatedAt
    """

  static let deletion: StaticString = "DELETE FROM users WHERE id = ?1"

  /// Writes `user`; `now` is in the table's unit of time.
  static func upsert(_ user: User, now: Int64, on connection: borrowing Connection) throws(SQLiteError) {
    try connection.with(upsert) { statement throws(SQLiteError) in
      for (index, text) in [user.id, user.email, user.firstName, user.lastName, user.role].enumerated() {
        try statement.bind(text, at: Int32(index + 1))
      }
      try statement.bind(now, at: 6)
      try statement.run()
    }
  }

  /// Removes the user, and what the application's schema says goes along.
  static func delete(id: String, on connection: borrowing Connection) throws(SQLiteError) {
    try connection.with(deletion) { statement throws(SQLiteError) in
      try statement.bind(id, at: 1)
      try statement.run()
    }
  }

  /// The id of the user other than `id` who has the e-mail address.
  static func owner(
    of email: String, otherThan id: String, on connection: borrowing Connection
  ) throws(SQLiteError) -> String? {
    var statement = try connection.prepare("SELECT id FROM users WHERE email = ?1 AND id <> ?2")
    try statement.bind(email, at: 1)
    try statement.bind(id, at: 2)
    return try statement.step() ? statement.text(at: 0) : nil
  }

  /// Throws unless the statements fit the table.
  static func check(on connection: borrowing Connection) throws(SQLiteError) {
    _ = try connection.prepare(upsert)
    _ = try connection.prepare(deletion)
  }
}
