import SQLite

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
