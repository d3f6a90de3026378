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
