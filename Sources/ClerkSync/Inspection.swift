/// What a look at a database tells its operator; see ``UserStore/inspect()``.
public struct Inspection: Equatable, Sendable {
  /// A column of the application's that stands in the way when a user is to be deleted.
  public struct Reference: Equatable, Sendable {
    public let table: String
    public let column: String
    /// What the column's foreign key does on a delete, as SQLite names it.
    public let action: String
  }

  /// The version of the linked SQLite, such as 3.51.3.
  public let library: String
  /// Whether that SQLite is free of the WAL-reset bug (sqlite.org/wal.html#walresetbug).
  public let hasWALResetFix: Bool
  /// `wal`, `delete` and so on (sqlite.org/pragma.html#pragma_journal_mode).
  public let journalMode: String
  /// The tables that are yet to be made. Where there are any, nothing below has been looked at.
  public var missingTables: [String] = []
  /// The version of the sync's own tables.
  public var schemaVersion: Int64 = 0
  public var blockingReferences: [Reference] = []
  /// The names of the application's triggers on the users table.
  public var triggers: [String] = []
  /// How many deliveries have failed and not succeeded since.
  public var failures: Int64 = 0
  /// When the first of them arrived, in milliseconds since 1970.
  public var oldestFailure: Int64?
}
