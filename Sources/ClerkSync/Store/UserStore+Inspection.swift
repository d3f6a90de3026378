import SQLite

extension UserStore {
  /// Inspects the database without writing to it.
  ///
  /// Throws when the database does not exist, cannot be opened, or has an unusable schema. Unlike ``check()``, it does
  /// not require write access.
  public func inspect() throws(StoreError) -> Inspection {
    guard FileIdentity(database.path) != nil else { throw .missing(database: database.path) }
    let connection = try database.open()
    let inspection = try database.sql(Inspection(connection, mapping))
    try database.requireKnown(inspection.schemaVersion)
    return inspection
  }
}

extension Inspection {
  /// The tables that lose rows when a row of ?1 is deleted, each with the table that it references with CASCADE. The
  /// first row of a table belongs to the shortest way to it. Names are compared without regard to case, as SQLite does.
  private static let cascades: SQL = """
    WITH RECURSIVE cascade(name, parent) AS (
      SELECT name, NULL FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower(?1)
      UNION
      SELECT child.name, cascade.name
      FROM cascade, sqlite_schema AS child, pragma_foreign_key_list(child.name) AS key
      WHERE child.type = 'table' AND lower(key."table") = lower(cascade.name) AND key.on_delete = 'CASCADE'
    )
    SELECT name, parent FROM cascade
    """

  /// NO ACTION and RESTRICT block the delete, and so does SET NULL on a NOT NULL column.
  private static let blocking: SQL = """
    SELECT child.name, key."from", key.on_delete
    FROM sqlite_schema AS child, pragma_foreign_key_list(child.name) AS key
    WHERE child.type = 'table' AND lower(key."table") = lower(?1)
      AND (key.on_delete IN ('NO ACTION', 'RESTRICT') OR key.on_delete = 'SET NULL' AND EXISTS (
        SELECT 1 FROM pragma_table_info(child.name) AS info WHERE info.name = key."from" AND info."notnull"))
    ORDER BY child.name, key.id, key.seq
    """

  /// The rows without an applied version; ?1 is that of an object about which something was only refused.
  private static func unsyncedRows(of table: TableMapping) -> SQL {
    "SELECT count(*) FROM \(table.table) AS stored WHERE NOT \(table.hasVersion)"
  }

  fileprivate init(_ connection: borrowing Connection, _ mapping: Mapping) throws(SQLiteError) {
    library = Library.version
    hasWALResetFix = Library.hasWALResetFix
    journalMode = try connection.journalMode()
    missingTables = try SyncSchema.missingTables(mapping, on: connection)
    guard missingTables.isEmpty else {
      if mapping.isBuiltIn { otherUserTable = try SyncSchema.otherUserTable(on: connection) }
      return
    }

    for table in mapping.all { try table.check(on: connection) }
    schemaVersion = try SyncSchema.check(mapping, on: connection)
    for table in mapping.all {
      blockingReferences += try Self.blockingReferences(to: table, on: connection)
      triggers += try DatabaseSchema.triggers(on: table.table.name, connection)
      // The tables of an older version have other columns.
      guard schemaVersion == SyncSchema.version else { continue }
      unsynced[table.table.name] = try connection.integer(Self.unsyncedRows(of: table), Version.none.time)
    }
    (failures, oldestFailure) = try DeliveryLedger.failures(on: connection)
    refused = try connection.integer(DeliveryLedger.refusalCount) ?? 0
  }

  /// Returns the foreign keys that block the deletion of a row of `table`, or of the rows that it takes along.
  private static func blockingReferences(
    to table: TableMapping, on connection: borrowing Connection
  ) throws(SQLiteError) -> [Reference] {
    guard case .delete = table.deletion else { return [] }
    let edges = try connection.all(cascades, table.table.name) {
      (name: $0.text(at: 0) ?? "", parent: $0.text(at: 1))
    }
    var parents: [String: String?] = [:]
    var references: [Reference] = []
    for (name, parent) in edges where parents[name] == nil {
      parents.updateValue(parent, forKey: name)
      var way: [String] = []
      var next = name
      while let parent = parents[next] ?? nil {
        way.insert(next, at: 0)
        next = parent
      }
      references += try connection.all(blocking, name) { row in
        Reference(
          entity: table.entity, table: row.text(at: 0) ?? "", column: row.text(at: 1) ?? "",
          action: row.text(at: 2) ?? "", way: way
        )
      }
    }
    return references
  }
}

/// The result of ``UserStore/inspect()``.
public struct Inspection: Equatable, Sendable {
  /// A column of the application whose foreign key blocks the deletion of an object.
  public struct Reference: Equatable, Sendable {
    /// The kind of the objects that cannot be deleted.
    public var entity = Entity.user
    public let table: String
    public let column: String
    /// The foreign key's ON DELETE action, as SQLite names it.
    public let action: String
    /// The tables between the users table and this one, each of which loses its rows with those of the one before; empty
    /// if the column references the users table.
    public let way: [String]
  }

  /// The version of the loaded SQLite, such as 3.51.3.
  public let library: String
  /// Whether that SQLite is free of the WAL-reset bug (sqlite.org/wal.html#walresetbug).
  public let hasWALResetFix: Bool
  /// `wal`, `delete` and so on (sqlite.org/pragma.html#pragma_journal_mode).
  public let journalMode: String
  /// The missing tables. When there are any, the properties below have not been read.
  public var missingTables: [String] = []
  /// The table that holds the application's users if there is no `users`.
  public var otherUserTable: String?
  /// The version of the sync's tables.
  public var schemaVersion: Int64 = 0
  public var blockingReferences: [Reference] = []
  /// The number of rows that no change of Clerk's has been applied to, by mapped table; empty if the sync's tables have
  /// an older version.
  public var unsynced: [String: Int64] = [:]
  /// The names of the application's triggers on the mapped tables.
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
