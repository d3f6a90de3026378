import SQLite

/// The application's `users` table: created when it is missing, otherwise adopted unchanged.
enum UserTable {
  /// The columns that an adopted table must have.
  static let columns = "id, email, firstName, lastName, password, phone, role, createdAt, updatedAt"

  static let insertion: StaticString = """
    INSERT INTO users (id, email, firstName, lastName, password, phone, role, createdAt, updatedAt)
    VALUES (?1, ?2, ?3, ?4, '', NULL, ?5, ?6, ?6) ON CONFLICT (id) DO NOTHING
    """

  static let update: StaticString = """
    UPDATE users SET email = ?2, firstName = ?3, lastName = ?4, role = ?5, updatedAt = ?6 WHERE id = ?1
    """

  static let deletion: StaticString = "DELETE FROM users WHERE id = ?1"

  private static let lookup: StaticString =
    "SELECT email, firstName, lastName, role FROM users WHERE id = ?1"

  /// Inserts or updates the user's row. An update creates a missing row, so a lost `user.created` is repaired.
  ///
  /// `isNew` selects the statement to try first. SQLite compiles either in half the time of an upsert, and both are
  /// rarely needed. `now` is in the table's unit of time.
  static func write(
    _ user: User, isNew: Bool, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) {
    for sql in isNew ? [insertion, update] : [update, insertion] {
      try connection.run(sql, user.id, user.email, user.firstName, user.lastName, user.role, now)
      if connection.changes > 0 { return }
    }
  }

  /// Returns the stored user with this id; nil when there is no such row.
  static func find(_ id: String, on connection: borrowing Connection) throws(SQLiteError) -> User? {
    try connection.first(lookup, id) { row in
      // An adopted table may contain NULL in any column.
      User(
        id: id, email: row.text(at: 0) ?? "", firstName: row.text(at: 1) ?? "",
        lastName: row.text(at: 2) ?? "", role: row.text(at: 3) ?? "")
    }
  }

  /// Deletes the user's row, and the rows that the application's foreign keys delete with it.
  static func delete(id: String, on connection: borrowing Connection) throws(SQLiteError) {
    try connection.run(deletion, id)
  }

  /// Returns the id of the user other than `id` who has the e-mail address.
  static func owner(
    of email: String, otherThan id: String, on connection: borrowing Connection
  ) throws(SQLiteError) -> String? {
    try connection.first("SELECT id FROM users WHERE email = ?1 AND id <> ?2", email, id) {
      $0.text(at: 0)
    }
  }

  /// Throws unless the statements match the table.
  static func check(on connection: borrowing Connection) throws(SQLiteError) {
    for sql in [insertion, update, deletion] { _ = try connection.prepare(sql) }
  }
}

extension UserTable {
  // One statement for each index: a single statement with "id = ?1 OR ?1 IS NULL" could use none.
  static let withID: StaticString = """
    SELECT id, email, firstName, lastName, role, createdAt, updatedAt FROM users
    WHERE id = ?1 AND id > ?4 AND (?2 IS NULL OR email = ?2) AND (?3 IS NULL OR role = ?3) LIMIT ?5
    """

  static let withEmail: StaticString = """
    SELECT id, email, firstName, lastName, role, createdAt, updatedAt FROM users
    WHERE email = ?2 AND id > ?4 AND (?3 IS NULL OR role = ?3) ORDER BY id LIMIT ?5
    """

  static let inOrder: StaticString = """
    SELECT id, email, firstName, lastName, role, createdAt, updatedAt FROM users
    WHERE id > ?4 AND (?3 IS NULL OR role = ?3) ORDER BY id LIMIT ?5
    """

  static let count: StaticString = "SELECT count(*) FROM users"

  /// Returns up to `limit` users after `id`, in the order of their ids.
  static func read(
    _ filter: UserFilter, after id: String?, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> [StoredUser] {
    let sql = filter.id != nil ? withID : filter.email != nil ? withEmail : inOrder
    // Every id is greater than the empty text.
    return try connection.all(
      sql, filter.id, filter.email, filter.role, id ?? "", limit, row: StoredUser.init)
  }
}

extension StoredUser {
  /// Reads the current row. An adopted table may contain NULL in any column.
  init(_ row: borrowing Statement) {
    id = row.text(at: 0) ?? ""
    email = row.text(at: 1) ?? ""
    firstName = row.text(at: 2) ?? ""
    lastName = row.text(at: 3) ?? ""
    role = row.text(at: 4) ?? ""
    createdAt = row.integer(at: 5) ?? 0
    updatedAt = row.integer(at: 6) ?? 0
  }
}
