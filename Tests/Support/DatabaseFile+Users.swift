extension DatabaseFile {
  /// How the users table differs from `users`: what is missing, and what should not be there.
  public func differences(from users: Set<ClerkUser>) throws -> [String] {
    let rows = try Set(rows("SELECT id, email, firstName, lastName, role FROM users", columns: 5))
    let expected = Set(users.map(\.columns))
    return expected.subtracting(rows).map { "missing: \($0.compactMap(\.self))" }.sorted()
      + rows.subtracting(expected).map { "wrong: \($0.compactMap(\.self))" }.sorted()
  }
}
