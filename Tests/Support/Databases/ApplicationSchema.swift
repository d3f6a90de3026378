import CSQLite
import Foundation

/// The schema of an application's database, in Support/Schemas. That of each example in conf/tables has its name.
public enum ApplicationSchema {
  /// SQLite refused a statement.
  public struct Refused: Error {
    let message: String
  }

  /// Creates the database at the path with the schema `name`.
  public static func create(_ name: String, at path: String) throws {
    try run(
      String(contentsOfFile: Project.file("Tests/Support/Schemas/\(name).sql"), encoding: .utf8), at: path)
  }

  /// Runs the statements on the database at the path, which is created if it is missing.
  public static func run(_ script: String, at path: String) throws {
    var connection: OpaquePointer?
    unsafe sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
    defer { unsafe sqlite3_close_v2(connection) }
    guard unsafe sqlite3_exec(connection, script, nil, nil, nil) == SQLITE_OK else {
      throw unsafe Refused(message: String(cString: sqlite3_errmsg(connection)))
    }
  }
}
