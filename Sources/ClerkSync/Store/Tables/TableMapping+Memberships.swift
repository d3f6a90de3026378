import SQLite

/// Reads from a mapped memberships table.
///
/// The columns for the organization and the user can hold Clerk's ids, or the keys of the rows that a lookup has found by
/// them. A table without such a column cannot list the memberships of an organization or of a user.
extension TableMapping {
  /// The number of memberships of one organization or user up to which an index is used. The rows that it finds may have to
  /// be sorted, which takes a few milliseconds. Among the rows in their order, those of a larger one are not rare.
  private static let indexedAtMost = 10_000

  /// Whether there is an index that begins with the column ?2 of the table ?1.
  private static let hasIndex: SQL = """
    SELECT 1 FROM pragma_index_list(?1) AS list, pragma_index_info(list.name) AS part
    WHERE part.seqno = 0 AND part.name = ?2 COLLATE NOCASE AND NOT list.partial
    """

  /// Whether the table ?1 is WITHOUT ROWID (sqlite.org/pragma.html#pragma_index_info).
  private static let lacksRowID: SQL = "SELECT 1 FROM pragma_index_info(?1)"

  /// Returns the next memberships of the organization or user with this id, up to `limit`, after a place.
  ///
  /// They are in the order in which the rows were made, and the place is a rowid; in a table WITHOUT ROWID the order is
  /// that of the key, and the place is the number of memberships before.
  func memberships(
    of parent: Entity, _ id: String, after place: Int64?, limit: Int, on connection: borrowing Connection
  ) throws(SQLiteError) -> Page<StoredMembership, Int64> {
    guard let end = columnOfParent(parent) else { return Page(rows: [], next: nil) }
    if try connection.integer(Self.lacksRowID, table.name) != nil {
      let (start, order) = (place ?? 0, SQL(joining: key.map { "stored.\($0.column)" }, separator: ", "))
      let rows = try connection.all(
        "\(membershipSelection(end, place: "NULL")) WHERE \(isOf(end)) ORDER BY \(order) LIMIT ?2 OFFSET ?3",
        id, limit + 1, start, row: StoredMembership.init)
      return Page(rows: Array(rows.prefix(limit)), next: rows.count > limit ? start + Int64(limit) : nil)
    }
    let sql = try isIndexed(end, of: id, on: connection) ? indexed(end) : inOrder(end)
    return try Page.filled(from: place ?? .min, limit: limit) { place, limit throws(SQLiteError) in
      try connection.with(sql) { statement throws(SQLiteError) in
        try statement.bind(id, place, Self.searchedAtATime)
        var rows: [StoredMembership] = []
        var (last, seen) = (place, 0)
        while try statement.step() {
          // The page is full and this row is left, so there is a next page.
          if rows.count == limit { return Page(rows: rows, next: last) }
          if statement.integer(at: 7) == 1 { rows.append(StoredMembership(statement)) }
          (last, seen) = (statement.integer(at: 6) ?? last, seen + 1)
        }
        return Page(rows: rows, next: seen == Self.searchedAtATime ? last : nil)
      }
    }
  }

  /// Whether to find the memberships of `id` by an index.
  private func isIndexed(
    _ end: ColumnRule, of id: String, on connection: borrowing Connection
  ) throws(SQLiteError) -> Bool {
    guard try connection.integer(Self.hasIndex, table.name, end.column.name) != nil else { return false }
    let count = try connection.integer(
      "SELECT count(*) FROM (SELECT 1 FROM \(table) AS stored WHERE \(isOf(end)) LIMIT ?2)", id,
      Self.indexedAtMost + 1)
    return count ?? 0 <= Self.indexedAtMost
  }

  /// The memberships of ?1 after the rowid ?2. An index with the end alone has them in this order; SQLite sorts those that it
  /// finds by another.
  private func indexed(_ end: ColumnRule) -> SQL {
    "\(membershipSelection(end, place: "stored._rowid_")) WHERE \(isOf(end)) AND stored._rowid_ > ?2 ORDER BY stored._rowid_ LIMIT ?3"
  }

  /// All memberships after the rowid ?2.
  private func inOrder(_ end: ColumnRule) -> SQL {
    "\(membershipSelection(end, place: "stored._rowid_")) WHERE stored._rowid_ > ?2 ORDER BY stored._rowid_ LIMIT ?3"
  }

  /// The SELECT of ``StoredMembership/init(_:)``, followed by its place and by whether the membership is one of ?1.
  private func membershipSelection(_ end: ColumnRule, place: SQL) -> SQL {
    let rules = key + columns + insertion
    let parts: [SQL] = [
      rules.first { $0.path == "id" && $0.conversion?.lookup == nil }.map { "stored.\($0.column)" } ?? "NULL",
      idOfParent(.organization), idOfParent(.user),
      roleColumn.map { "stored.\($0)" } ?? "NULL", creationTime, updateTime, place, isOf(end),
    ]
    return "SELECT \(SQL(joining: parts, separator: ", ")) FROM \(table) AS stored"
  }

  /// Whether the membership is one of the organization or user ?1.
  private func isOf(_ end: ColumnRule) -> SQL { "stored.\(end.column) = \(end.expression(1))" }
}

extension StoredMembership {
  /// Reads the current row.
  fileprivate init(_ row: borrowing Statement) {
    (id, organizationID, userID) = (row.text(at: 0), row.text(at: 1), row.text(at: 2))
    role = row.text(at: 3)
    (createdAt, updatedAt) = (row.integer(at: 4), row.integer(at: 5))
  }
}
