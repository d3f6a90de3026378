import TestSupport

/// SQLite's two kinds of journal.
enum JournalMode: String, CaseIterable, Sendable {
  case wal
  case delete

  /// Creates a database in this mode, which the file keeps.
  func create(at path: String) throws {
    switch self {
    case .wal: try DatabaseFile(path).execute("PRAGMA journal_mode = WAL", "CREATE TABLE other (a)")
    case .delete: try DatabaseFile(path).execute("PRAGMA journal_mode = DELETE", "CREATE TABLE other (a)")
    }
  }

  /// Returns the path of the file that exists during a transaction.
  func journal(of path: String) -> String {
    switch self {
    case .wal: "\(path)-wal"
    case .delete: "\(path)-journal"
    }
  }
}
