import SQLite

extension UserTable {
  /// How many users are looked at in one go, which takes a few milliseconds: in a rollback journal's mode no commit gets past
  /// a reader.
  static let searchedAtATime = 1000

  /// Ids from ?1 on, up to ?2, after ?3.
  static let idRange: StaticString = """
    SELECT id, email, firstName, lastName, role, createdAt, updatedAt FROM users
    WHERE id >= ?1 AND id < ?2 AND id > ?3 ORDER BY id LIMIT ?4
    """

  /// Those whose address lies between ?1 and ?2 are few: an address is searched for with its @.
  static let addressRange: StaticString = """
    SELECT id, email, firstName, lastName, role, createdAt, updatedAt FROM users
    WHERE email >= ?1 AND email < ?2 AND +id > ?3 ORDER BY id LIMIT ?4
    """

  /// Those of the next users that are searched for, from the one after `id` on.
  static func search(
    _ search: UserSearch, after id: String, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> Page<StoredUser, String> {
    // No text that Clerk writes has this character.
    let end = "\u{10FFFF}"
    let (sql, low, high) =
      switch search.term {
      case .id(let text): (idRange, text, text + end)
      // Clerk writes addresses in lower case.
      case .address(let text): (addressRange, text.lowercased(), text.lowercased() + end)
      case .any, nil: (idRange, "", end)
      }
    return try connection.with(sql) { statement throws(SQLiteError) in
      for (index, text) in [low, high, id].enumerated() { try statement.bind(text, at: Int32(index + 1)) }
      try statement.bind(Int64(searchedAtATime), at: 4)
      var users: [StoredUser] = []
      var (last, seen) = (id, 0)
      while try statement.step() {
        // There is one more than the page holds, so a next one too.
        if users.count == limit { return Page(rows: users, next: last) }
        let user = StoredUser(statement)
        if search.includes(user) { users.append(user) }
        (last, seen) = (user.id, seen + 1)
      }
      return Page(rows: users, next: seen == searchedAtATime ? last : nil)
    }
  }
}

/// Which users the console looks for.
package struct UserSearch {
  /// What the text can be the beginning or a part of.
  enum Term: Equatable {
    /// The beginning of an id.
    case id(String)
    /// The beginning of an address.
    case address(String)
    /// A part of the name, or the beginning of an id or address, in lower case.
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

  /// Whether the user is one of them, as far as no index has seen to it.
  func includes(_ user: StoredUser) -> Bool {
    guard role == nil || role == user.role else { return false }
    guard case .any(let text) = term else { return true }
    return user.id.lowercased().hasPrefix(text) || user.email.lowercased().hasPrefix(text)
      || "\(user.firstName) \(user.lastName)".lowercased().contains(text)
  }
}
