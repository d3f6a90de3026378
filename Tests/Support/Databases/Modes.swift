import Foundation

/// The two mechanisms by which SQLite makes a transaction atomic.
public enum JournalMode: String, CaseIterable, Sendable {
  case rollback
  case wal

  /// Creates a file in this mode, whatever the default of the linked library.
  public func makeDatabase(at path: String) throws {
    switch self {
    // The first write creates the file.
    case .rollback: try DatabaseFile(path).execute("PRAGMA journal_mode = DELETE", "PRAGMA user_version = 0")
    case .wal: try DatabaseFile(path).execute("PRAGMA journal_mode = WAL")
    }
  }
}

/// The parameters of a test run.
public enum TestMode {
  /// The connection mode of every store and handler, set by CLERK_SYNC_TEST_CONNECTION; nil for the default.
  public static var connection: String? { ProcessInfo.processInfo.environment["CLERK_SYNC_TEST_CONNECTION"] }
}
