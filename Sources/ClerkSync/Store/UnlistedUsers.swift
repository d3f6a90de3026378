import SQLite

/// The users who had a row when this value was created, minus those found in Clerk's list since.
///
/// A user who is created during the walk through Clerk's list is therefore never mistaken for one that Clerk lacks. The
/// ids are in a temporary table, which SQLite spills to disk, so memory use does not depend on the number of rows.
public struct UnlistedUsers: ~Copyable {
  /// The number of rows at the start, without those of users who have been deleted softly.
  public let rows: Int
  /// The number of rows without an id of Clerk's, which are not among ``rows``.
  public let rowsWithoutID: Int
  private let database: Database
  private let connection: Connection
  /// nil if no users are stored.
  private let table: TableMapping?

  public init(of store: UserStore) throws(StoreError) {
    let database = store.database
    let connection = try database.open()
    let table = store.mapping[.user]
    try database.requireSchema(on: connection)
    try database.sql(connection.run("CREATE TEMP TABLE unlisted (id TEXT PRIMARY KEY) WITHOUT ROWID"))
    (rows, rowsWithoutID) = try database.sql(Self.collect(table, on: connection))
    self.database = database
    self.connection = connection
    self.table = table
  }

  /// Fills the temporary table. Returns the numbers of rows with and without an id.
  private static func collect(
    _ table: TableMapping?, on connection: borrowing Connection
  ) throws(SQLiteError) -> (Int, Int) {
    guard let table else { return (0, 0) }
    let (live, values) = table.liveIDs
    try connection.run("INSERT INTO temp.unlisted \(live)", values: values)
    return (connection.changes, Int(try connection.integer(table.countWithoutID) ?? 0))
  }

  /// Removes the users with these ids.
  public func strike(_ ids: [String]) throws(StoreError) {
    try database.sql(connection.run("BEGIN"))
    for id in ids {
      try database.sql(connection.run("DELETE FROM temp.unlisted WHERE id = ?1", id))
    }
    try database.sql(connection.run("COMMIT"))
  }

  /// Returns the remaining users who still have a row, in the order of their ids.
  public func remaining() throws(StoreError) -> [UnlistedUser] {
    try database.sql(readRemaining())
  }

  private func readRemaining() throws(SQLiteError) -> [UnlistedUser] {
    guard let (live, values) = table?.liveIDs else { return [] }
    let query: SQL = "SELECT id FROM temp.unlisted WHERE id IN (\(live)) ORDER BY id"
    return try connection.with(query) { statement throws(SQLiteError) in
      try statement.bind(values)
      var users: [UnlistedUser] = []
      while try statement.step() {
        let id = statement.text(at: 0) ?? ""
        let applied = try VersionTable.find(id, on: connection)
        users.append(UnlistedUser(id: id, isApplied: applied?.isApplied == true))
      }
      return users
    }
  }
}

/// A row of a user whom Clerk does not list.
public struct UnlistedUser: Equatable, Sendable {
  public let id: String
  /// Whether the row may be the application's own: its id is none of Clerk's, or no change of Clerk's has been applied.
  public let isForeign: Bool

  init(id: String, isApplied: Bool) {
    self.id = id
    isForeign = !isApplied || !id.hasPrefix(Entity.user.idPrefix)
  }
}

extension TableMapping {
  fileprivate var countWithoutID: SQL { "SELECT count(*) FROM main.\(table) WHERE \(idColumn) IS NULL" }

  /// A SELECT of the ids, without those of users who have been deleted softly, and the values to bind.
  ///
  /// A softly deleted row outlives its tombstone, so what the deletion sets identifies it as well.
  fileprivate var liveIDs: (query: SQL, values: [Value]) {
    var values: [Value] = []
    func holds(_ rule: ColumnRule) -> SQL {
      guard case .value(let value) = rule.content else { return "\(rule.column) IS NOT NULL" }
      values.append(value)
      guard case .text = value else { return "\(rule.column) IS ?\(values.count)" }
      return "\(rule.column) IS replace(?\(values.count), '{id}', \(idColumn))"
    }
    // Beside Clerk's id, a key has only constants.
    var conditions = key.map(holds)
    if case .set(let rules) = deletion {
      conditions += [
        "NOT (\(SQL(joining: rules.map(holds), separator: " AND ")))",
        "\(idColumn) NOT IN (SELECT object_id FROM main.clerk_sync_versions WHERE deleted IS NOT NULL)",
      ]
    }
    return (
      "SELECT \(idColumn) FROM main.\(table) WHERE \(SQL(joining: conditions, separator: " AND "))", values
    )
  }
}
