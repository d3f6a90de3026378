import TestSupport

/// The two ways in which SQLite makes a transaction whole.
enum JournalMode: String, CaseIterable, Sendable {
  case wal
  case delete

  /// Makes a database in this mode, whose file keeps it.
  func create(at path: String) throws {
    switch self {
    case .wal: try DatabaseFile(path).execute("PRAGMA journal_mode = WAL", "CREATE TABLE other (a)")
    case .delete: try DatabaseFile(path).execute("PRAGMA journal_mode = DELETE", "CREATE TABLE other (a)")
    }
  }

  /// The file that is open whenever a transaction is.
  func journal(of path: String) -> String {
    switch self {
    case .wal: "\(path)-wal"
    case .delete: "\(path)-journal"
    }
  }
}
