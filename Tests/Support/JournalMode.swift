/// The two ways in which SQLite makes a transaction atomic.
public enum JournalMode: String, CaseIterable, Sendable {
  case rollback
  case wal

  /// Makes a new file that is in this mode whatever the linked library's default is.
  public func makeDatabase(at path: String) throws {
    switch self {
    // The file is made by the first write.
    case .rollback: try DatabaseFile(path).execute("PRAGMA journal_mode = DELETE", "PRAGMA user_version = 0")
    case .wal: try DatabaseFile(path).execute("PRAGMA journal_mode = WAL")
    }
  }
}
