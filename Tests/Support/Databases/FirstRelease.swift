/// A database of clerk-sync 0.1.0, whose own tables have version 1.
public enum FirstRelease {
  /// Creates the tables as 0.1.0 did, with its rows for one user in each state.
  ///
  /// `user_1` exists, `user_2` is deleted, `user_3` signed up by phone, and the event of `user_4` found its address
  /// taken. The second event of `user_1` took the address away.
  public static func makeDatabase(at path: String) throws {
    try DatabaseFile(path).execute(
      """
      CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE,
        firstName TEXT NOT NULL, lastName TEXT NOT NULL, password TEXT, phone TEXT,
        role TEXT NOT NULL DEFAULT 'client', createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL)
      """,
      "CREATE TABLE IF NOT EXISTS clerk_sync_schema (version INTEGER NOT NULL)",
      "INSERT INTO clerk_sync_schema SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM clerk_sync_schema)",
      """
      CREATE TABLE IF NOT EXISTS clerk_sync_deliveries (svix_id TEXT PRIMARY KEY, type TEXT, user_id TEXT,
        outcome TEXT NOT NULL, error TEXT, attempts INTEGER NOT NULL,
        first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL)
      """,
      """
      CREATE INDEX IF NOT EXISTS clerk_sync_failures ON clerk_sync_deliveries (outcome)
        WHERE outcome = 'failed'
      """,
      """
      CREATE TABLE IF NOT EXISTS clerk_sync_counts (hour INTEGER NOT NULL, type TEXT NOT NULL,
        outcome TEXT NOT NULL, deliveries INTEGER NOT NULL, PRIMARY KEY (hour, type, outcome)) WITHOUT ROWID
      """,
      """
      CREATE TABLE IF NOT EXISTS clerk_sync_versions (user_id TEXT PRIMARY KEY, version INTEGER NOT NULL,
        rank INTEGER NOT NULL, deleted INTEGER) WITHOUT ROWID
      """,
      """
      CREATE INDEX IF NOT EXISTS clerk_sync_tombstones ON clerk_sync_versions (deleted)
        WHERE deleted IS NOT NULL
      """,
      """
      INSERT INTO users VALUES
        ('user_1', 'ada@example.org', 'Ada', 'Lovelace', '', NULL, 'client', 1700000000000, 1700000000000)
      """,
      """
      INSERT INTO clerk_sync_deliveries VALUES
        ('msg_1', 'user.created', 'user_1', 'applied', NULL, 1, 1700000000000, 1700000000000),
        ('msg_2', 'user.created', 'user_2', 'applied', NULL, 1, 1700000001000, 1700000001000),
        ('msg_3', 'user.deleted', 'user_2', 'applied', NULL, 2, 1700000002000, 1700000003000),
        ('msg_4', 'user.created', 'user_3', 'failed',
          'no_primary_email: no address in email_addresses has the primary_email_address_id', 1, 1700000004000,
          1700000004000),
        ('msg_5', 'user.created', 'user_4', 'failed',
          'database_error: the e-mail address belongs to user_1, whose own event may still be on its way; the delivery '
            || 'will be retried', 3, 1700000005000, 1700000009000),
        ('msg_6', NULL, NULL, 'failed', 'malformed_event: the body is not JSON', 1, 1700000006000, 1700000006000),
        ('msg_7', 'user.updated', 'user_1', 'failed',
          'no_primary_email: no address in email_addresses has the primary_email_address_id', 1, 1700000007000,
          1700000007000)
      """,
      """
      INSERT INTO clerk_sync_versions VALUES ('user_1', 1654012591835, 0, NULL),
        ('user_2', 1654012591900, 2, 1700000002000)
      """)
  }

  /// The statements with which 0.1.0 writes a delivery about a user. They are complete: nothing is bound.
  public static let statements: [StaticString] = [
    "SELECT version, rank, deleted FROM clerk_sync_versions WHERE user_id = 'user_1'",
    "REPLACE INTO clerk_sync_versions VALUES ('user_1', 1, 1, NULL)",
    """
    UPDATE clerk_sync_deliveries SET type = 'user.updated', user_id = 'user_1', outcome = 'applied', error = NULL,
      attempts = attempts + 1, last_seen = 1
    WHERE svix_id = 'msg_5' AND outcome = 'failed'
    """,
    """
    DELETE FROM clerk_sync_versions WHERE user_id IN
      (SELECT user_id FROM clerk_sync_versions WHERE deleted < 1 ORDER BY deleted LIMIT 1)
    """,
  ]
}
