import SQLite

extension UserStore {
  /// The two ways in which SQLite makes a transaction atomic and durable.
  public enum JournalMode: String, CaseIterable, Sendable {
    /// A write-ahead log, which needs an SQLite that is free of the WAL-reset bug, and a local disk.
    case wal
    /// A rollback journal, deleted with each commit.
    case delete

    fileprivate var change: StaticString {
      switch self {
      case .wal: "PRAGMA journal_mode = WAL"
      case .delete: "PRAGMA journal_mode = DELETE"
      }
    }
  }

  /// Changes the database's journal mode for good; throws ``StoreError/inUse(database:)`` where somebody is using it.
  public func setJournalMode(_ mode: JournalMode) throws(StoreError) {
    try database.requireWritable()
    let connection = try database.open()
    let found: String
    do throws(SQLiteError) {
      found = try connection.with(mode.change) { statement throws(SQLiteError) in
        try statement.step() ? statement.text(at: 0) ?? "" : ""
      }
    } catch {
      throw error.kind == .busy ? .inUse(database: database.path) : .sqlite(error, database: database.path)
    }
    guard found == mode.rawValue else { throw .inUse(database: database.path) }
  }
}
