public import SQLite

/// Why the database could not be brought up to date. Nothing was written.
public enum StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The folder for a new database could not be made.
  case folder(path: String)
  /// SQLite refused.
  case sqlite(SQLiteError, database: String)

  /// What was wrong and what to do next; for the operator's log, not for the sender.
  public var description: String {
    switch self {
    case .folder(let path):
      "cannot create the folder \(path): create it, writable for the user this program runs as"
    case .sqlite(let error, let database):
      "\(database): \(error); \(error.advice)"
    }
  }
}
