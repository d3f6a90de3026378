import SQLite

extension UserStore {
  /// Looks at the database without writing to it.
  ///
  /// Throws when it is not there, does not open, or holds a schema that the sync cannot work with; unlike ``check()``
  /// it does not mind whether this process may write.
  public func inspect() throws(StoreError) -> Inspection {
    guard FileIdentity(database.path) != nil else { throw .missing(database: database.path) }
    let connection = try database.open()
    let inspection = try database.sql { () throws(SQLiteError) in try Inspection(connection) }
    try database.requireKnown(inspection.schemaVersion)
    return inspection
  }
}

extension Inspection {
  /// A NO ACTION or RESTRICT refuses the delete, and so does a SET NULL where NULL may not stand. Names are compared as
  /// SQLite does, without regard to case.
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
    var mode = try connection.prepare("PRAGMA journal_mode")
    journalMode = try mode.step() ? mode.text(at: 0) ?? "" : ""
    missingTables = try SyncSchema.missingTables(on: connection)
    guard missingTables.isEmpty else { return }

    try UserTable.check(on: connection)
    schemaVersion = try SyncSchema.check(on: connection)
    var references = try connection.prepare(Self.blocking)
    while try references.step() {
      blockingReferences.append(
        Reference(
          table: references.text(at: 0) ?? "", column: references.text(at: 1) ?? "",
          action: references.text(at: 2) ?? ""))
    }
    var names = try connection.prepare(Self.triggersOnUsers)
    while try names.step() { triggers.append(names.text(at: 0) ?? "") }
    (failures, oldestFailure) = try DeliveryLedger.failures(on: connection)
  }
}

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
