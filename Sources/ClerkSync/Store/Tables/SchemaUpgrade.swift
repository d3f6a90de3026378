import SQLite

/// The upgrade of the sync's tables from version 1, which clerk-sync 0.1.0 created, to version 2.
///
/// Version 2 names the object of an event where version 1 named its user, and tells refused deliveries from failed
/// ones. No row is copied. One scan of the ledger finds nothing to index: a fifth of a second for a million entries.
enum SchemaUpgrade {
  private static let hasUsersInLedger: SQL =
    "SELECT 1 FROM pragma_table_info('clerk_sync_deliveries') WHERE name = 'user_id'"

  private static let hasUsersInVersions: SQL =
    "SELECT 1 FROM pragma_table_info('clerk_sync_versions') WHERE name = 'user_id'"

  /// Changes the columns of the tables of version 1, and returns whether there are any.
  ///
  /// Each table is judged by its columns, because the application may have dropped another one, and with it the
  /// recorded version.
  static func renameColumns(on connection: borrowing Connection) throws(SQLiteError) -> Bool {
    let isLedgerOld = try connection.integer(hasUsersInLedger) != nil
    let areVersionsOld = try connection.integer(hasUsersInVersions) != nil
    guard isLedgerOld || areVersionsOld else { return false }
    // Renaming parses every view and trigger of the database, and would fail at a broken one of the application. With a
    // writable schema SQLite leaves those alone.
    try connection.run("PRAGMA writable_schema = ON")
    defer { try? connection.run("PRAGMA writable_schema = OFF") }
    if isLedgerOld {
      try connection.run("ALTER TABLE clerk_sync_deliveries RENAME COLUMN user_id TO object_id")
      try connection.run("DROP INDEX IF EXISTS clerk_sync_failures")
    }
    if areVersionsOld {
      try connection.run("ALTER TABLE clerk_sync_versions RENAME COLUMN user_id TO object_id")
      try connection.run("ALTER TABLE clerk_sync_versions ADD COLUMN released INTEGER")
    }
    return true
  }

  /// Version 1 recorded refused deliveries as failed. The index of failures finds them.
  private static let refusals: SQL = """
    UPDATE clerk_sync_deliveries SET outcome = 'refused' WHERE outcome = 'failed'
      AND (error LIKE 'malformed_event: %' OR error LIKE 'no_primary_email: %' OR error LIKE 'no_user_id: %')
    """

  /// The ledger does not hold the time of an event. The least time makes the next event that is applied clear the
  /// refusals, and says nothing about the row's address.
  private static let released: SQL = """
    INSERT INTO clerk_sync_versions SELECT DISTINCT object_id, ?1, 0, NULL, ?1 FROM clerk_sync_deliveries
      WHERE outcome = 'refused' AND object_id IS NOT NULL
    ON CONFLICT DO UPDATE SET released = excluded.released WHERE deleted IS NULL
    """

  /// Changes the rows that have another meaning in version 2. Requires that all tables exist.
  static func convertRows(on connection: borrowing Connection) throws(SQLiteError) {
    try connection.run(refusals)
    try connection.run(released, Version.none.time)
  }
}
