import SQLite

extension UserStore {
  /// SQLite's two ways to make a transaction atomic and durable.
  public enum JournalMode: String, CaseIterable, Sendable {
    /// A write-ahead log. It requires a local disk and an SQLite that is free of the WAL-reset bug.
    case wal
    /// A rollback journal, which each commit deletes.
    case delete

    fileprivate var change: SQL {
      switch self {
      case .wal: "PRAGMA journal_mode = WAL"
      case .delete: "PRAGMA journal_mode = DELETE"
      }
    }
  }

  /// Changes the database's journal mode permanently. Throws ``StoreError/inUse(database:)`` while another connection
  /// is open.
  public func setJournalMode(_ mode: JournalMode) throws(StoreError) {
    try database.requireWritable()
    let connection = try database.open()
    let found: String?
    do throws(SQLiteError) {
      found = try connection.first(mode.change) { $0.text(at: 0) }
    } catch {
      throw error.kind == .busy ? .inUse(database: database.path) : .sqlite(error, database: database.path)
    }
    guard found == mode.rawValue else { throw .inUse(database: database.path) }
  }
}
