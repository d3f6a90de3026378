import Foundation

/// The ids in a database's users table; none before there is one.
public func storedUsers(in path: String) throws -> Set<String> {
  guard FileManager.default.fileExists(atPath: path) else { return [] }
  return Set(try DatabaseFile(path).rows("SELECT id FROM users").compactMap(\.[0]))
}
