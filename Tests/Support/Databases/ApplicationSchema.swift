import CSQLite
import Foundation

/// The schema of an application's database, in Support/Schemas. That of each example in conf/tables has its name.
public enum ApplicationSchema {
  /// SQLite refused a statement.
  public struct Refused: Error {
    let message: String
  }

  /// Returns the statements of the schema `name`.
  public static func script(_ name: String) throws -> String {
    try String(contentsOfFile: Project.file("Tests/Support/Schemas/\(name).sql"), encoding: .utf8)
  }

  /// Creates the database at the path with the schema `name`.
  public static func create(_ name: String, at path: String) throws {
    try run(script(name), at: path)
  }

  /// Runs the statements on the database at the path, which is created if it is missing. Returns the first column of
  /// every row.
  @discardableResult
  public static func run(_ script: String, at path: String) throws -> [String?] {
    var connection: OpaquePointer?
    unsafe sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
    defer { unsafe sqlite3_close_v2(connection) }
    let texts = Texts()
    let code = unsafe sqlite3_exec(
      connection, script,
      { context, _, values, _ in
        guard let context = unsafe context else { return SQLITE_ERROR }
        let texts = unsafe Unmanaged<Texts>.fromOpaque(context).takeUnretainedValue()
        unsafe texts.all.append(values?[0].map { unsafe String(cString: $0) })
        return SQLITE_OK
      }, Unmanaged.passUnretained(texts).toOpaque(), nil)
    guard code == SQLITE_OK else {
      throw unsafe Refused(message: String(cString: sqlite3_errmsg(connection)))
    }
    return texts.all
  }

  private final class Texts {
    var all: [String?] = []
  }
}
