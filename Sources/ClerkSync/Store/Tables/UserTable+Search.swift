import SQLite

extension UserTable {
  /// The number of users examined in one read, which takes a few milliseconds. Reads are short because a reader blocks
  /// every commit in a rollback journal mode.
  static let searchedAtATime = 1000

  /// Users with ids from ?1 up to ?2, after the id ?3.
  static let idRange: StaticString = """
    SELECT id, email, firstName, lastName, role, createdAt, updatedAt FROM users
    WHERE id >= ?1 AND id < ?2 AND id > ?3 ORDER BY id LIMIT ?4
    """

  /// Users with addresses from ?1 up to ?2, after the id ?3. They are few, because the search text contains the @.
  static let addressRange: StaticString = """
    SELECT id, email, firstName, lastName, role, createdAt, updatedAt FROM users
    WHERE email >= ?1 AND email < ?2 AND +id > ?3 ORDER BY id LIMIT ?4
    """

  /// Returns up to `limit` matches among the next users after `id`.
  static func search(
    _ search: UserSearch, after id: String, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> Page<StoredUser, String> {
    // Sorts after every character that Clerk writes.
    let end = "\u{10FFFF}"
    let (sql, low, high) =
      switch search.term {
      case .id(let text): (idRange, text, text + end)
      // Clerk writes addresses in lower case.
      case .address(let text): (addressRange, text.lowercased(), text.lowercased() + end)
      case .any, nil: (idRange, "", end)
      }
    return try connection.with(sql) { statement throws(SQLiteError) in
      try statement.bind(low, high, id, searchedAtATime)
      var users: [StoredUser] = []
      var (last, seen) = (id, 0)
      while try statement.step() {
        // The page is full and this user is left, so there is a next page.
        if users.count == limit { return Page(rows: users, next: last) }
        let user = StoredUser(statement)
        if search.includes(user) { users.append(user) }
        (last, seen) = (user.id, seen + 1)
      }
      return Page(rows: users, next: seen == searchedAtATime ? last : nil)
    }
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
      if text.hasPrefix("user_") { return .id(text) }
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
