import SQLite

extension UserStore {
  /// Inspects the database without writing to it.
  ///
  /// Throws when the database does not exist, cannot be opened, or has an unusable schema. Unlike ``check()``, it does
  /// not require write access.
  public func inspect() throws(StoreError) -> Inspection {
    guard FileIdentity(database.path) != nil else { throw .missing(database: database.path) }
    let connection = try database.open()
    let inspection = try database.sql(Inspection(connection))
    try database.requireKnown(inspection.schemaVersion)
    return inspection
  }
}

extension Inspection {
  /// NO ACTION and RESTRICT block the delete, and so does SET NULL on a NOT NULL column. Names are compared without
  /// regard to case, as SQLite does.
  private static let blocking: StaticString = """
    SELECT child.name, key."from", key.on_delete
    FROM sqlite_schema AS child, pragma_foreign_key_list(child.name) AS key
    WHERE child.type = 'table' AND lower(key."table") = 'users'
      AND (key.on_delete IN ('NO ACTION', 'RESTRICT') OR key.on_delete = 'SET NULL' AND EXISTS (
        SELECT 1 FROM pragma_table_info(child.name) AS info WHERE info.name = key."from" AND info."notnull"))
    ORDER BY child.name, key.id, key.seq
    """

  private static let triggersOnUsers: StaticString = """
    SELECT name FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = 'users' ORDER BY name
    """

  fileprivate init(_ connection: borrowing Connection) throws(SQLiteError) {
    library = Library.version
    hasWALResetFix = Library.hasWALResetFix
    journalMode = try connection.journalMode()
    missingTables = try SyncSchema.missingTables(on: connection)
    guard missingTables.isEmpty else { return }

    try UserTable.check(on: connection)
    schemaVersion = try SyncSchema.check(on: connection)
    blockingReferences = try connection.all(Self.blocking) { row in
      Reference(table: row.text(at: 0) ?? "", column: row.text(at: 1) ?? "", action: row.text(at: 2) ?? "")
    }
    triggers = try connection.all(Self.triggersOnUsers) { $0.text(at: 0) ?? "" }
    (failures, oldestFailure) = try DeliveryLedger.failures(on: connection)
    refused = try connection.integer(DeliveryLedger.refusalCount) ?? 0
  }
}

/// The result of ``UserStore/inspect()``.
public struct Inspection: Equatable, Sendable {
  /// A column of the application whose foreign key blocks the deletion of a user.
  public struct Reference: Equatable, Sendable {
    public let table: String
    public let column: String
    /// The foreign key's ON DELETE action, as SQLite names it.
    public let action: String
  }

  /// The version of the loaded SQLite, such as 3.51.3.
  public let library: String
  /// Whether that SQLite is free of the WAL-reset bug (sqlite.org/wal.html#walresetbug).
  public let hasWALResetFix: Bool
  /// `wal`, `delete` and so on (sqlite.org/pragma.html#pragma_journal_mode).
  public let journalMode: String
  /// The missing tables. When there are any, the properties below have not been read.
  public var missingTables: [String] = []
  /// The version of the sync's tables.
  public var schemaVersion: Int64 = 0
  public var blockingReferences: [Reference] = []
  /// The names of the application's triggers on the users table.
  public var triggers: [String] = []
  /// The number of deliveries that failed and have not succeeded since.
  public var failures: Int64 = 0
  /// When the first of them arrived, in milliseconds since 1970.
  public var oldestFailure: Int64?
  /// The number of deliveries that no retry can mend, and about whose object nothing newer has been applied.
  public var refused: Int64 = 0

  /// Whether the sync's tables have an older version, which the next write upgrades.
  public var isOutdated: Bool { missingTables.isEmpty && schemaVersion < SyncSchema.version }
}
