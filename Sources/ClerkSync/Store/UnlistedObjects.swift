import SQLite

/// The objects of one kind that had a row when this value was created, minus those found in Clerk's list since.
///
/// An object that is created during the walk through Clerk's list is therefore never mistaken for one that Clerk lacks.
/// The keys are in a temporary table, which SQLite spills to disk, so memory use does not depend on the number of rows.
public struct UnlistedObjects: ~Copyable {
  /// The number of rows at the start, without those of objects that have been deleted softly.
  public let rows: Int
  /// The number of rows without an id of Clerk's, which are not among ``rows``.
  public let rowsWithoutID: Int
  private let database: Database
  private let connection: Connection
  /// nil if the objects are not stored.
  private let table: TableMapping?

  public init(of store: UserStore, _ entity: Entity = .user) throws(StoreError) {
    let database = store.database
    let connection = try database.open()
    let table = store.mapping[entity]
    try database.requireSchema(on: connection)
    try database.sql(connection.run("CREATE TEMP TABLE unlisted (key TEXT PRIMARY KEY) WITHOUT ROWID"))
    (rows, rowsWithoutID) = try database.sql(Self.collect(table, on: connection))
    self.database = database
    self.connection = connection
    self.table = table
  }

  /// Fills the temporary table. Returns the numbers of rows with and without a key.
  private static func collect(
    _ table: TableMapping?, on connection: borrowing Connection
  ) throws(SQLiteError) -> (Int, Int) {
    guard let table else { return (0, 0) }
    let (live, values) = table.liveRows
    // Two rows of other tables can have the same id of Clerk's, and a look-up then leads from both to one key.
    try connection.run("INSERT OR IGNORE INTO temp.unlisted SELECT key FROM (\(live))", values: values)
    return (connection.changes, Int(try connection.integer(table.countWithoutKey) ?? 0))
  }

  /// Removes the objects with these keys; see ``BackendObject/key``.
  public func strike(_ keys: [String]) throws(StoreError) {
    try database.sql(connection.run("BEGIN"))
    for key in keys {
      try database.sql(connection.run("DELETE FROM temp.unlisted WHERE key = ?1", key))
    }
    try database.sql(connection.run("COMMIT"))
  }

  /// Returns the remaining objects that still have a row, in the order of their keys.
  public func remaining() throws(StoreError) -> [StoredObject] {
    guard let table else { return [] }
    return try database.sql(table.objects("key IN (SELECT key FROM temp.unlisted)", on: connection))
  }
}

extension UserStore {
  /// Returns the row of the object with this key, or that of a membership with this organization and user, separated by a
  /// slash; nil if it has none, or one that has been deleted softly.
  package func object(_ entity: Entity, key: String) throws(StoreError) -> StoredObject? {
    guard let table = mapping[entity] else { return nil }
    let connection = try database.openForReading()
    let condition: SQL = key.contains("/") ? "organization || '/' || user = ?" : "key = ?"
    return try database.sql(table.objects(condition, key, on: connection)).first
  }

  /// Returns the ids of the organization and the user of the membership with this id, separated by a slash, if the table
  /// is identified by these; nil if no change of Clerk's has been applied to the membership.
  package func pair(ofMembership id: String) throws(StoreError) -> String? {
    let connection = try database.openForReading()
    return try database.sql(VersionTable.pair(of: id, on: connection))
  }
}

/// A row of an object at Clerk.
public struct StoredObject: Equatable, Sendable {
  /// What identifies the row; see ``BackendObject/key``.
  public let key: String
  /// The id of the organization of a membership or an invitation; nil if no column tells it.
  public let organization: String?
  /// The id of the user of a membership; nil if no column tells it.
  public let user: String?
  /// Whether the row may be the application's own: its id is none of Clerk's, or no change of Clerk's has been applied.
  public let isForeign: Bool
}

extension TableMapping {
  /// Returns the live rows that fulfil a condition on their `key`, in the order of their keys.
  fileprivate func objects(
    _ condition: SQL, _ value: String? = nil, on connection: borrowing Connection
  ) throws(SQLiteError) -> [StoredObject] {
    let (live, values) = liveRows
    let query: SQL = "SELECT key, organization, user FROM (\(live)) WHERE \(condition) ORDER BY key"
    return try connection.with(query) { statement throws(SQLiteError) in
      try statement.bind(values + [value].compactMap { $0.map(Value.text) })
      var objects: [StoredObject] = []
      while try statement.step() {
        let key = statement.text(at: 0) ?? ""
        objects.append(
          StoredObject(
            key: key, organization: statement.text(at: 1), user: statement.text(at: 2),
            isForeign: try !isClerks(key, on: connection)))
      }
      return objects
    }
  }

  /// Whether the key has the form of Clerk's, and a change of Clerk's has been applied to the object.
  private func isClerks(_ key: String, on connection: borrowing Connection) throws(SQLiteError) -> Bool {
    guard entity.hasForm(ofKey: key) else { return false }
    if keyedByPair { return try VersionTable.hasApplied(toPair: key, on: connection) }
    return try VersionTable.find(key, on: connection)?.isApplied == true
  }

  fileprivate var countWithoutKey: SQL {
    "SELECT count(*) FROM main.\(table) AS stored WHERE (\(clerkKey)) IS NULL"
  }

  /// A SELECT of the key, the organization and the user of each row, without those of objects that have been deleted
  /// softly, and the values to bind.
  ///
  /// A softly deleted row outlives its tombstone, so what the deletion sets identifies it as well.
  fileprivate var liveRows: (query: SQL, values: [Value]) {
    var values: [Value] = []
    func holds(_ rule: ColumnRule) -> SQL {
      guard case .value(let value) = rule.content else { return "stored.\(rule.column) IS NOT NULL" }
      values.append(value)
      guard case .text = value else { return "stored.\(rule.column) IS ?\(values.count)" }
      return "stored.\(rule.column) IS replace(?\(values.count), '{id}', \(clerkKey))"
    }
    // Beside Clerk's ids, a key has only constants.
    var conditions = key.map(holds) + ["(\(clerkKey)) IS NOT NULL"]
    if case .set(let rules) = deletion {
      let range: SQL = "object_id > \(clerkKey) || '/' AND object_id < \(clerkKey) || '0'"
      let isDeleted: SQL =
        keyedByPair
        ? "ifnull((SELECT min(deleted IS NOT NULL) FROM main.clerk_sync_versions WHERE \(range)), 0)"
        : "\(clerkKey) IN (SELECT object_id FROM main.clerk_sync_versions WHERE deleted IS NOT NULL)"
      conditions += ["NOT (\(SQL(joining: rules.map(holds), separator: " AND ")))", "NOT \(isDeleted)"]
    }
    return (
      """
      SELECT \(clerkKey) AS key, \(idOfParent(.organization)) AS organization, \(idOfParent(.user)) AS user
      FROM main.\(table) AS stored WHERE \(SQL(joining: conditions, separator: " AND "))
      """, values
    )
  }
}

extension Entity {
  /// Whether the key has the form of those of Clerk's objects; see ``BackendObject/key``.
  package func hasForm(ofKey key: String) -> Bool {
    if key.hasPrefix(idPrefix) { return !key.contains("/") }
    guard self == .organizationMembership else { return false }
    let ends = key.split(separator: "/", omittingEmptySubsequences: false)
    return ends.count == 2 && ends[0].hasPrefix(Entity.organization.idPrefix)
      && ends[1].hasPrefix(Entity.user.idPrefix)
  }
}
