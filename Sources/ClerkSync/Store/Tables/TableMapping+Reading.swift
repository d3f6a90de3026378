import SQLite

/// What a mapped table holds, as SQL. NULL stands for what it does not hold.
extension TableMapping {
  /// The number of rows examined in one read, which takes a few milliseconds. Reads are short because a reader blocks
  /// every commit in a rollback journal mode.
  static let searchedAtATime = 1000

  /// Sorts after every character that Clerk writes.
  static let end = "\u{10FFFF}"

  /// The column for the first of the paths that has one.
  func column(for paths: String...) -> SQL {
    (columns + insertion).first { paths.contains($0.path) }.map { "\($0.column)" } ?? "NULL"
  }

  /// The column for a role; nil if there is none.
  var roleColumn: Identifier? { (columns + insertion).first(where: \.isRole)?.column }

  /// When the row was created, in milliseconds since 1970.
  var creationTime: SQL { time("created_at", insertion) }

  /// When the row was last written, in milliseconds since 1970.
  var updateTime: SQL { time("updated_at", columns) }

  private func time(_ path: String, _ rules: [ColumnRule]) -> SQL {
    let rule = rules.first { $0.path == path } ?? rules.first { $0.timeFormat != nil && $0.path.isEmpty }
    return rule?.milliseconds ?? "NULL"
  }

  /// Counts the rows with an id of Clerk's.
  var count: SQL { "SELECT count(\(key[0].column)) FROM \(table)" }

  /// Runs a statement that reads the next ``searchedAtATime`` rows with ids from ?1 up to ?2, after the id ?3, and returns
  /// up to `limit` of those that match.
  func page<Row: Identifiable<String>>(
    _ sql: SQL, from low: String, to high: String, after id: String, limit: Int,
    on connection: borrowing Connection,
    row: (borrowing Statement) -> Row, includes: (Row) -> Bool
  ) throws(SQLiteError) -> Page<Row, String> {
    try connection.with(sql) { statement throws(SQLiteError) in
      try statement.bind(low, high, id, Self.searchedAtATime)
      var rows: [Row] = []
      var (last, seen) = (id, 0)
      while try statement.step() {
        // The page is full and this row is left, so there is a next page.
        if rows.count == limit { return Page(rows: rows, next: last) }
        let next = row(statement)
        if includes(next) { rows.append(next) }
        (last, seen) = (next.id, seen + 1)
      }
      return Page(rows: rows, next: seen == Self.searchedAtATime ? last : nil)
    }
  }
}

/// Reads from a mapped users table, by index wherever there is one.
extension TableMapping {
  /// The SELECT of ``StoredUser/init(_:)``.
  private var selection: SQL {
    let parts: [SQL] = [
      "\(idColumn)", column(for: "email"), column(for: "first_name", "name"), column(for: "last_name"),
      roleColumn.map { "\($0)" } ?? "NULL", creationTime, updateTime,
    ]
    return "SELECT \(SQL(joining: parts, separator: ", ")) FROM \(table)"
  }

  /// The condition that the role is ?3, unless that is NULL.
  private var hasRole: SQL { roleColumn.map { "(?3 IS NULL OR \($0) = ?3)" } ?? "?3 IS NULL" }

  // One statement for each index: a single statement with "id = ?1 OR ?1 IS NULL" could use none.
  var withID: SQL {
    """
    \(selection) WHERE \(idColumn) = ?1 AND \(idColumn) > ?4 AND (?2 IS NULL OR \(address) = ?2) AND \(hasRole) \
    LIMIT ?5
    """
  }

  var withEmail: SQL {
    "\(selection) WHERE \(address) = ?2 AND \(idColumn) > ?4 AND \(hasRole) ORDER BY \(idColumn) LIMIT ?5"
  }

  var inOrder: SQL {
    "\(selection) WHERE \(idColumn) > ?4 AND \(hasRole) ORDER BY \(idColumn) LIMIT ?5"
  }

  /// Users with ids from ?1 up to ?2, after the id ?3.
  var idRange: SQL {
    """
    \(selection) WHERE \(idColumn) >= ?1 AND \(idColumn) < ?2 AND \(idColumn) > ?3 ORDER BY \(idColumn) LIMIT ?4
    """
  }

  /// Users with addresses from ?1 up to ?2, after the id ?3. They are few, because the search text contains the @.
  var addressRange: SQL {
    """
    \(selection) WHERE \(address) >= ?1 AND \(address) < ?2 AND +\(idColumn) > ?3 ORDER BY \(idColumn) LIMIT ?4
    """
  }

  private var address: SQL { addressColumn.map { "\($0)" } ?? "NULL" }

  /// Returns up to `limit` users after `id`, in the order of their ids.
  func read(
    _ filter: UserFilter, after id: String?, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> [StoredUser] {
    let sql = filter.id != nil ? withID : filter.email != nil ? withEmail : inOrder
    // Every id is greater than the empty text.
    return try connection.all(
      sql, filter.id, filter.email, filter.role, id ?? "", limit, row: StoredUser.init)
  }

  /// Returns up to `limit` matches among the next users after `id`.
  func search(
    _ search: UserSearch, after id: String, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> Page<StoredUser, String> {
    let (sql, low, high) =
      switch search.term {
      case .id(let text): (idRange, text, text + Self.end)
      // Clerk writes addresses in lower case.
      case .address(let text): (addressRange, text.lowercased(), text.lowercased() + Self.end)
      case .any, nil: (idRange, "", Self.end)
      }
    return try page(
      sql, from: low, to: high, after: id, limit: limit, on: connection, row: StoredUser.init,
      includes: search.includes)
  }
}

extension Mapping {
  /// Returns the number of rows of each mapped table, in the tables' order.
  func countRows(on connection: borrowing Connection) throws(SQLiteError) -> [RowCount] {
    var counts: [RowCount] = []
    for table in all {
      counts.append(RowCount(entity: table.entity, rows: try connection.integer(table.count) ?? 0))
    }
    return counts
  }

  /// Returns the number of users; 0 if they are not stored.
  func countUsers(on connection: borrowing Connection) throws(SQLiteError) -> Int64 {
    guard let table = self[.user] else { return 0 }
    return try connection.integer(table.count) ?? 0
  }
}

extension ColumnRule {
  /// Whether the column holds the user's role.
  fileprivate var isRole: Bool {
    column.name.lowercased() == "role" || path.split(separator: ".").last == "role"
  }

  /// The format of the time in the column; nil if it holds none.
  var timeFormat: TimeFormat? {
    if case .now(let format) = content { format } else { conversion?.time }
  }

  /// The time in the column in milliseconds since 1970, as SQL.
  fileprivate var milliseconds: SQL {
    let number: SQL = timeFormat == .seconds ? "\(column) * 1000" : "\(column)"
    return """
      CASE typeof(\(column)) WHEN 'text' THEN CAST(round((julianday(\(column)) - 2440587.5) * 86400000) AS INTEGER) \
      ELSE \(number) END
      """
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

/// A search of the console for users.
package struct UserSearch {
  /// The search text, by what it can match.
  enum Term: Equatable {
    /// A prefix of an id.
    case id(String)
    /// A prefix of an address.
    case address(String)
    /// A part of a name, or a prefix of an id or an address, in lower case.
    case any(String)
  }

  let term: Term?
  let role: String?

  package init(text: String?, role: String?) {
    self.role = role
    term = text.map { text in
      if text.hasPrefix(Entity.user.idPrefix) { return .id(text) }
      return text.contains("@") ? .address(text) : .any(text.lowercased())
    }
  }

  /// Whether the user matches the conditions that no index has checked.
  func includes(_ user: StoredUser) -> Bool {
    guard role == nil || role == user.role else { return false }
    guard case .any(let text) = term else { return true }
    return user.id.lowercased().hasPrefix(text) || user.email.lowercased().hasPrefix(text)
      || "\(user.firstName) \(user.lastName)".lowercased().contains(text)
  }
}
