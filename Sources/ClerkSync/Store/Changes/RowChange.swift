import SQLite

/// Where a change of a row came from.
public enum ChangeSource: String, CaseIterable, Codable, Sendable {
  /// An event of the object.
  case webhook
  /// `clerk-sync backfill` or `pull`.
  case backfill
  /// `clerk-sync reconcile`.
  case reconcile
  /// A session event that contains the user.
  case session
  /// The application itself, through the library.
  case application
}

/// An entry of the change feed: a row of the application that clerk-sync created, updated or deleted.
///
/// It does not hold the row, which its reader finds in the application's table as it is now.
public struct RowChange: Codable, Equatable, Sendable {
  /// Its number, which grows with the order of the commits.
  public let seq: Int64
  public let entity: Entity
  /// Clerk's id of the object.
  public let id: String
  /// `created`, `updated` or `deleted`, as the row came out: an update that made the row is `created`.
  public let operation: String
  public let source: ChangeSource
  /// The svix id of the event; nil for a change that no event made.
  public let messageID: String?
  /// When the change was made, in milliseconds since 1970.
  public let at: Int64

  private enum CodingKeys: String, CodingKey {
    case seq, entity, id, operation, source
    case messageID = "message_id"
    case at
  }

  static let columns: SQL = "seq, entity, id, operation, source, message_id, at"

  /// Reads the current row from ``columns``. Returns nil for one of a newer program.
  init?(_ row: borrowing Statement) {
    guard let entity = row.text(at: 1).flatMap(Entity.init), let id = row.text(at: 2),
      let source = row.text(at: 4).flatMap(ChangeSource.init)
    else { return nil }
    (seq, self.entity, self.id) = (row.integer(at: 0) ?? 0, entity, id)
    (operation, self.source) = (row.text(at: 3) ?? "", source)
    (messageID, at) = (row.text(at: 5), row.integer(at: 6) ?? 0)
  }
}

/// Selects changes. All conditions that are set must hold.
public struct ChangeFilter: Equatable, Sendable {
  public var entity: Entity?
  public var source: ChangeSource?

  public init(entity: Entity? = nil, source: ChangeSource? = nil) {
    (self.entity, self.source) = (entity, source)
  }
}

extension UserStore {
  /// The number of changes examined in one read, which takes a few milliseconds.
  private static let changesAtATime: Int64 = 10_000

  /// Selects from the next changes after ?1.
  private static let nextChanges: SQL = """
    SELECT \(RowChange.columns) FROM
      (SELECT * FROM clerk_sync_changes WHERE seq > ?1 ORDER BY seq LIMIT ?2)
    WHERE (?3 IS NULL OR entity = ?3) AND (?4 IS NULL OR source = ?4) ORDER BY seq LIMIT ?5
    """

  /// The number of the last of those that ``nextChanges`` examines.
  private static let lastExamined: SQL = """
    SELECT max(seq) FROM (SELECT seq FROM clerk_sync_changes WHERE seq > ?1 ORDER BY seq LIMIT ?2)
    """

  /// Returns up to `limit` changes after the number `position` in their order, and the number up to which all have been
  /// examined; nil if there are none after `position`.
  ///
  /// Throws ``StoreError/noChanges(database:)`` if the database does not record changes.
  public func changes(
    after position: Int64, _ filter: ChangeFilter = ChangeFilter(), limit: Int
  ) throws(StoreError) -> (changes: [RowChange], examined: Int64?) {
    let connection = try openChanges()
    return try database.sql(changes(after: position, filter, limit: limit, on: connection))
  }

  private func changes(
    after position: Int64, _ filter: ChangeFilter, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> (changes: [RowChange], examined: Int64?) {
    try connection.run("BEGIN")
    let last = try connection.integer(Self.lastExamined, position, Self.changesAtATime)
    let changes = try connection.all(
      Self.nextChanges, position, Self.changesAtATime, filter.entity?.rawValue, filter.source?.rawValue, limit
    ) { RowChange($0) }.compactMap(\.self)
    try connection.run("COMMIT")
    // A full page may be followed by more of the examined ones.
    return (changes, changes.count == limit ? changes.last?.seq : last)
  }

  /// Opens the database for reading.
  func openChanges() throws(StoreError) -> Connection {
    let connection = try database.openForReading()
    guard try database.sql(ChangeTable.exists(on: connection)) else {
      throw .noChanges(database: database.path)
    }
    return connection
  }
}
