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
  /// The rows without an applied version; ?1 is that of an object about which something was only refused.
  private static func unsyncedRows(of table: TableMapping) -> SQL {
    "SELECT count(*) FROM \(table.table) AS stored WHERE NOT \(table.hasVersion)"
  }

  fileprivate init(_ connection: borrowing Connection, _ mapping: Mapping) throws(SQLiteError) {
    library = Library.version
    hasWALResetFix = Library.hasWALResetFix
    journalMode = try connection.journalMode()
    blockingReferences = try BlockingReference.all(to: mapping, on: connection)
    missingTables = try SyncSchema.missingTables(mapping, on: connection)
    guard missingTables.isEmpty else {
      if mapping.isBuiltIn { otherUserTable = try SyncSchema.otherUserTable(on: connection) }
      return
    }

    for table in mapping.all { try table.check(on: connection) }
    schemaVersion = try SyncSchema.check(mapping, on: connection)
    for table in mapping.all {
      triggers += try DatabaseSchema.triggers(on: table.table.name, connection)
      // The tables of an older version have other columns.
      guard schemaVersion == SyncSchema.version else { continue }
      unsynced[table.table.name] = try connection.integer(Self.unsyncedRows(of: table), Version.none.time)
    }
    (failures, oldestFailure) = try DeliveryLedger.failures(on: connection)
    refused = try connection.integer(DeliveryLedger.refusalCount) ?? 0
  }
}

/// The result of ``UserStore/inspect()``.
public struct Inspection: Equatable, Sendable {
  /// The version of the loaded SQLite, such as 3.51.3.
  public let library: String
  /// Whether that SQLite is free of the WAL-reset bug (sqlite.org/wal.html#walresetbug).
  public let hasWALResetFix: Bool
  /// `wal`, `delete` and so on (sqlite.org/pragma.html#pragma_journal_mode).
  public let journalMode: String
  /// The foreign keys of the application that block a change of Clerk's.
  public var blockingReferences: [BlockingReference] = []
  /// The missing tables. When there are any, the properties below have not been read.
  public var missingTables: [String] = []
  /// The table that holds the application's users if there is no `users`.
  public var otherUserTable: String?
  /// The version of the sync's tables.
  public var schemaVersion: Int64 = 0
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
