import SQLite

/// The table `clerk_sync_reconciliations`: one row for each kind of objects, about the last comparison with Clerk. It
/// exists only in a database that has been compared. Deliveries neither read nor write it.
enum ReconciliationTable {
  // The columns up to `succeeded` are about the last run; those after it about the last one that succeeded. `ended` is
  // NULL while a run is in progress, and remains so if the run is killed.
  private static let creation: SQL = """
    CREATE TABLE IF NOT EXISTS clerk_sync_reconciliations (entity TEXT PRIMARY KEY, started INTEGER NOT NULL,
      ended INTEGER, applied INTEGER NOT NULL, succeeded INTEGER NOT NULL, last_success INTEGER,
      found_missing INTEGER, found_different INTEGER, found_extra INTEGER, missing INTEGER, different INTEGER,
      extra INTEGER, foreign_rows INTEGER, unusable INTEGER, drift_since INTEGER) WITHOUT ROWID
    """

  /// Records a run without success, and keeps the figures of the last one that succeeded.
  private static let unsuccessful: SQL = """
    INSERT INTO clerk_sync_reconciliations (entity, started, ended, applied, succeeded) VALUES (?1, ?2, ?3, ?4, 0)
    ON CONFLICT DO UPDATE SET started = excluded.started, ended = excluded.ended, applied = excluded.applied,
      succeeded = 0
    """

  /// The drift lasts since the first of the successful runs in a row that left some.
  private static let successful: SQL = """
    REPLACE INTO clerk_sync_reconciliations VALUES (?1, ?2, ?3, ?4, 1, ?3, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
      CASE WHEN ?8 + ?9 + ?10 > 0
        THEN ifnull((SELECT drift_since FROM clerk_sync_reconciliations WHERE entity = ?1), ?3) END)
    """

  private static let records: SQL = """
    SELECT entity, started, ended, applied, succeeded, last_success, found_missing, found_different, found_extra,
      missing, different, extra, foreign_rows, unusable, drift_since FROM clerk_sync_reconciliations
    """

  /// Records the run, in the table that is created if it is missing.
  static func record(_ run: ReconciliationRun, on connection: borrowing Connection) throws(SQLiteError) {
    try connection.run(creation)
    let (entity, applied) = (run.entity.rawValue, run.applied ? 1 : 0)
    switch run.state {
    case .running: try connection.run(unsuccessful, entity, run.started, nil as Int64?, applied)
    case .failed(let end): try connection.run(unsuccessful, entity, run.started, end, applied)
    case .succeeded(let end, let figures):
      let (found, left) = (figures.found, figures.remaining)
      try connection.run(
        successful, entity, run.started, end, applied, found.missing, found.different, found.extra,
        left.missing, left.different, left.extra, figures.foreign, figures.unusable)
    }
  }

  /// Returns the records of the kinds that have a table, in the mapping's order; none if no run has been recorded.
  static func all(
    _ mapping: Mapping, on connection: borrowing Connection
  ) throws(SQLiteError) -> [ReconciliationRecord] {
    guard try DatabaseSchema.hasTable("clerk_sync_reconciliations", on: connection) else { return [] }
    let found = try connection.all(records) { ReconciliationRecord($0) }.compactMap(\.self)
    return mapping.tableNames.compactMap { name in found.first { $0.entity == name.entity } }
  }
}

extension ReconciliationRecord {
  fileprivate init?(_ row: borrowing Statement) {
    guard let entity = row.text(at: 0).flatMap(Entity.init) else { return nil }
    func count(_ column: Int32) -> Int { Int(row.integer(at: column) ?? 0) }
    func drift(from column: Int32) -> DriftCounts {
      DriftCounts(missing: count(column), different: count(column + 1), extra: count(column + 2))
    }
    self.entity = entity
    (started, ended) = (row.integer(at: 1) ?? 0, row.integer(at: 2))
    (applied, succeeded) = (row.integer(at: 3) == 1, row.integer(at: 4) == 1)
    (lastSuccess, driftSince) = (row.integer(at: 5), row.integer(at: 14))
    figures =
      lastSuccess == nil
      ? nil
      : ReconciliationFigures(
        found: drift(from: 6), remaining: drift(from: 9), foreign: count(12), unusable: count(13))
  }
}
