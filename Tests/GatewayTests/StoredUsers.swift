import Foundation
import SQLite

/// The ids in a database's users table; none before there is one.
func storedUsers(in path: String) throws -> Set<String> {
  guard FileManager.default.fileExists(atPath: path) else { return [] }
  let connection = try Connection(path: path, mode: .mustExist, busyTimeout: 5000)
  var statement = try connection.prepare("SELECT id FROM users")
  var ids: Set<String> = []
  while try statement.step() { ids.insert(statement.text(at: 0) ?? "") }
  return ids
}
