import Foundation
import SQLite

/// The application's side of the database: its own tables, and what it reads.
public struct DatabaseFile {
  private let path: String

  public init(_ path: String) { self.path = path }

  public func execute(_ sql: StaticString...) throws {
    let connection = try Connection(path: path, mode: .createIfMissing, deadline: .now + .seconds(5))
    for statement in sql { try connection.run(statement) }
  }

  /// The rows of the query, their columns as texts, NULL as nil.
  public func rows(_ sql: StaticString, columns: Int32 = 1) throws -> [[String?]] {
    let connection = try Connection(path: path, mode: .mustExist, deadline: .now + .seconds(5))
    var statement = try connection.prepare(sql)
    var rows: [[String?]] = []
    while try statement.step() {
      rows.append((0..<columns).map { statement.text(at: $0) })
    }
    return rows
  }
}
