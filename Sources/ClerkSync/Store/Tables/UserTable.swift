import SQLite

/// The application's `users` table: made when it is absent, otherwise taken as it stands.
enum UserTable {
  /// What an adopted table must have.
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

  /// Writes `user`, whether there is a row or not: an update whose create was lost heals itself.
  ///
  /// `isNew` says which is likelier; SQLite compiles either statement in half the time of an upsert, and rarely needs
  /// both. `now` is in the table's unit of time.
  static func write(
    _ user: User, isNew: Bool, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) {
    for sql in isNew ? [insertion, update] : [update, insertion] {
      try connection.with(sql) { statement throws(SQLiteError) in
        for (index, text) in [user.id, user.email, user.firstName, user.lastName, user.role].enumerated() {
          try statement.bind(text, at: Int32(index + 1))
        }
        try statement.bind(now, at: 6)
        try statement.run()
      }
      if connection.changes > 0 { return }
    }
  }

  /// What is stored of the user with this id; nil when there is no such row.
  static func find(_ id: String, on connection: borrowing Connection) throws(SQLiteError) -> User? {
    try connection.with(lookup) { statement throws(SQLiteError) in
      try statement.bind(id, at: 1)
      guard try statement.step() else { return nil }
      // An adopted table may hold NULL where Clerk has a text.
      let columns = (0...3).map { statement.text(at: $0) ?? "" }
      return User(id: id, email: columns[0], firstName: columns[1], lastName: columns[2], role: columns[3])
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
    for sql in [insertion, update, deletion] { _ = try connection.prepare(sql) }
  }
}

extension UserTable {
  // One statement for each way to the rows: a single one, with "id = ?1 OR ?1 IS NULL", could use no index.
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

  /// Up to `limit` users in the order of their ids, from the one after `id` on.
  static func read(
    _ filter: UserFilter, after id: String?, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> [StoredUser] {
    let sql = filter.id != nil ? withID : filter.email != nil ? withEmail : inOrder
    var statement = try connection.prepare(sql)
    try statement.bind(filter.id, at: 1)
    try statement.bind(filter.email, at: 2)
    try statement.bind(filter.role, at: 3)
    // Every id is greater than an empty text.
    try statement.bind(id ?? "", at: 4)
    try statement.bind(Int64(limit), at: 5)
    var users: [StoredUser] = []
    while try statement.step() { users.append(StoredUser(statement)) }
    return users
  }
}

extension StoredUser {
  /// The current row; an adopted table may hold NULL where Clerk has a text.
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
