import Foundation
import SQLite

/// The application's view of the database: its own tables and its queries.
public struct DatabaseFile {
  private let path: String

  public init(_ path: String) { self.path = path }

  public func execute(_ sql: StaticString...) throws {
    let connection = try Connection(
      path: path, mode: .createIfMissing, deadline: .now + .seconds(testTimeout))
    for statement in sql { try connection.run(SQL(stringLiteral: statement)) }
  }

  /// Returns the rows of the query, with columns as text and NULL as nil.
  public func rows(_ sql: StaticString, columns: Int32 = 1) throws -> [[String?]] {
    let connection = try Connection(path: path, mode: .mustExist, deadline: .now + .seconds(testTimeout))
    var statement = try connection.prepare(SQL(stringLiteral: sql))
    var rows: [[String?]] = []
    while try statement.step() {
      rows.append((0..<columns).map { statement.text(at: $0) })
    }
    return rows
  }
}

extension DatabaseFile {
  /// Returns the differences between the users table and `users`: missing rows and wrong rows.
  public func differences(from users: Set<ClerkUser>) throws -> [String] {
    let rows = try Set(rows("SELECT id, email, firstName, lastName, role FROM users", columns: 5))
    let expected = Set(users.map(\.columns))
    return expected.subtracting(rows).map { "missing: \($0.compactMap(\.self))" }.sorted()
      + rows.subtracting(expected).map { "wrong: \($0.compactMap(\.self))" }.sorted()
  }
}

/// Returns the ids in a database's users table; none before the file exists.
public func storedUsers(in path: String) throws -> Set<String> {
  guard FileManager.default.fileExists(atPath: path) else { return [] }
  return Set(try DatabaseFile(path).rows("SELECT id FROM users").compactMap(\.[0]))
}
