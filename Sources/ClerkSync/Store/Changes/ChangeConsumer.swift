import SQLite

/// A named reader of the change feed, with its position in it.
public struct ChangeConsumer: Codable, Equatable, Sendable {
  public let name: String
  /// The number of the last change that it has handled or set aside.
  public let position: Int64
  /// When it handled a change last, in milliseconds since 1970; nil if it never has.
  public let lastHandled: Int64?
  /// The number of changes after its position.
  public let pending: Int64
  /// When the oldest of these was made, in milliseconds since 1970; nil if there is none.
  public let oldestPending: Int64?
  /// The number of changes that it has set aside.
  public let failed: Int64
}

extension ChangeConsumer {
  /// Takes `pending` from the first and the last number, which costs the same for one change and for a million. The numbers
  /// between them have no gaps after a consumer's position: they are assigned in the transaction of the change, and retention
  /// removes only what every consumer has passed.
  static let states: SQL = """
    SELECT name, position, last_handled,
      max(0, ifnull((SELECT max(seq) FROM clerk_sync_changes), 0)
        - max(position, ifnull((SELECT min(seq) FROM clerk_sync_changes), 0) - 1)),
      (SELECT at FROM clerk_sync_changes WHERE seq > position ORDER BY seq LIMIT 1),
      (SELECT count(*) FROM clerk_sync_failed_changes WHERE consumer = name)
    FROM clerk_sync_consumers ORDER BY name
    """

  /// Returns every consumer by name; none if the database does not record changes.
  static func all(on connection: borrowing Connection) throws(SQLiteError) -> [ChangeConsumer] {
    guard try ChangeTable.exists(on: connection) else { return [] }
    return try connection.all(states) { row in
      ChangeConsumer(
        name: row.text(at: 0) ?? "", position: row.integer(at: 1) ?? 0, lastHandled: row.integer(at: 2),
        pending: row.integer(at: 3) ?? 0, oldestPending: row.integer(at: 4), failed: row.integer(at: 5) ?? 0
      )
    }
  }
}

/// A change that a consumer has set aside after its last try.
public struct FailedChange: Codable, Equatable, Sendable {
  public let consumer: String
  public let change: RowChange
  public let tries: Int64
  /// The reason for the last failure.
  public let reason: String
  /// When it was set aside, in milliseconds since 1970.
  public let failedAt: Int64
  /// Whether the consumer has been asked to try it again.
  public let isDue: Bool
}

/// The consumers of the change feed. Each call opens a connection of its own; a write is on disk when it returns.
extension UserStore {
  /// Where a new consumer begins.
  public enum ChangeStart: String, CaseIterable, Sendable {
    /// After the newest change.
    case now
    /// Before the oldest change that is kept.
    case start
  }

  private static let creation: SQL = """
    INSERT INTO clerk_sync_consumers (name, position)
    SELECT ?1, CASE WHEN ?2 THEN ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'clerk_sync_changes'), 0) ELSE 0 END
    WHERE true ON CONFLICT DO NOTHING
    """

  private static let advance: SQL = """
    UPDATE clerk_sync_consumers SET position = max(position, ?2), last_handled = ifnull(?3, last_handled) WHERE name = ?1
    """

  private static let setAside: SQL = """
    REPLACE INTO clerk_sync_failed_changes (consumer, seq, entity, id, operation, source, message_id, at, tries, reason,
      failed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
    """

  private static let failed: SQL = """
    SELECT \(RowChange.columns), consumer, tries, reason, failed_at, due FROM clerk_sync_failed_changes
    WHERE (?1 IS NULL OR consumer = ?1) AND (?2 IS NULL OR due = ?2) ORDER BY consumer, seq LIMIT ?3
    """

  /// Returns the position of the consumer, which is created if it is new.
  public func position(ofConsumer name: String, from start: ChangeStart) throws(StoreError) -> Int64 {
    try writeChanges { connection throws(SQLiteError) in
      try connection.run(Self.creation, name, start == .now ? 1 : 0)
      return try connection.integer("SELECT position FROM clerk_sync_consumers WHERE name = ?1", name) ?? 0
    }
  }

  /// Returns every consumer; none if the database does not record changes.
  public func consumers() throws(StoreError) -> [ChangeConsumer] {
    let connection = try database.openForReading()
    return try database.sql(ChangeConsumer.all(on: connection))
  }

  /// Records that the consumer has handled every change up to `position`. `now` is in milliseconds since 1970; nil if none
  /// of them was for it. Returns false if the consumer has been removed.
  @discardableResult
  public func advance(consumer name: String, to position: Int64, now: Int64?) throws(StoreError) -> Bool {
    try writeChanges { connection throws(SQLiteError) in
      try connection.run(Self.advance, name, position, now)
      return connection.changes > 0
    }
  }

  /// Sets the change aside for the consumer and moves its position past it. `now` is in milliseconds since 1970.
  public func setAside(
    _ change: RowChange, consumer name: String, tries: Int64, reason: String, now: Int64
  ) throws(StoreError) {
    try writeChanges { connection throws(SQLiteError) in
      try connection.run(
        Self.setAside, name, change.seq, change.entity.rawValue, change.id, change.operation,
        change.source.rawValue, change.messageID, change.at, tries, reason, now)
      try connection.run(Self.advance, name, change.seq, nil as Int64?)
    }
  }

  /// Returns up to `limit` changes that have been set aside, by consumer and number. `isDue` selects those to be tried
  /// again.
  public func failedChanges(
    consumer name: String? = nil, isDue: Bool? = nil, limit: Int
  ) throws(StoreError) -> [FailedChange] {
    let connection = try openChanges()
    return try database.sql(
      connection.all(Self.failed, name, isDue.map { $0 ? 1 : 0 }, limit) { row in
        RowChange(row).map { change in
          FailedChange(
            consumer: row.text(at: 7) ?? "", change: change, tries: row.integer(at: 8) ?? 0,
            reason: row.text(at: 9) ?? "", failedAt: row.integer(at: 10) ?? 0, isDue: row.integer(at: 11) == 1
          )
        }
      }
    ).compactMap(\.self)
  }

  /// Asks the consumer to try a change again that it has set aside, or all of them if `seq` is nil. Returns their number.
  @discardableResult
  public func retryChanges(consumer name: String, seq: Int64? = nil) throws(StoreError) -> Int {
    try writeChanges { connection throws(SQLiteError) in
      try connection.run(
        "UPDATE clerk_sync_failed_changes SET due = 1 WHERE consumer = ?1 AND (?2 IS NULL OR seq = ?2)", name,
        seq)
      return connection.changes
    }
  }

  /// Removes a change that the consumer had set aside, because it has handled it or never will. Returns false if there is
  /// none.
  @discardableResult
  public func removeFailedChange(consumer name: String, seq: Int64) throws(StoreError) -> Bool {
    try writeChanges { connection throws(SQLiteError) in
      try connection.run("DELETE FROM clerk_sync_failed_changes WHERE consumer = ?1 AND seq = ?2", name, seq)
      return connection.changes > 0
    }
  }

  /// Removes the consumer, with the changes that it has set aside. Returns false if there is none with this name.
  @discardableResult
  public func removeConsumer(_ name: String) throws(StoreError) -> Bool {
    try writeChanges { connection throws(SQLiteError) in
      try connection.run("DELETE FROM clerk_sync_failed_changes WHERE consumer = ?1", name)
      try connection.run("DELETE FROM clerk_sync_consumers WHERE name = ?1", name)
      return connection.changes > 0
    }
  }

  private func writeChanges<Result>(
    _ body: (borrowing Connection) throws(SQLiteError) -> Result
  ) throws(StoreError) -> Result {
    let result = try database.transaction { connection throws(SQLiteError) -> Result? in
      try ChangeTable.exists(on: connection) ? try body(connection) : nil
    }
    guard let result else { throw .noChanges(database: database.path) }
    return result
  }
}
