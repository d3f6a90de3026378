import SQLite

/// Writes to the rows of a mapped table.
extension TableMapping {
  /// Inserts or updates the object's row. An update creates a missing row, so a lost `created` event is repaired.
  ///
  /// `isNew` selects the statement to try first. SQLite compiles either in half the time of an upsert, and both are
  /// rarely needed. `now` is in milliseconds since 1970.
  func write(
    _ record: Record, isNew: Bool, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) {
    let (insertion, update) = (statements.insertion, statements.update)
    let order =
      if let adoption = statements.adoption {
        [update, adoption, insertion]
      } else {
        isNew ? [insertion, update] : [update, insertion]
      }
    let values = record.values(at: now)
    for sql in order {
      try connection.run(sql, values: values)
      if connection.changes > 0 { return }
    }
  }

  /// Deletes the row of a deletion's record, with the rows that the application's foreign keys delete; or marks it as
  /// deleted, if the mapping says so.
  func delete(_ record: Record, now: Int64, on connection: borrowing Connection) throws(SQLiteError) {
    try connection.run(statements.deletion, values: record.values(at: now))
  }

  /// Throws unless the statements match the table.
  func check(on connection: borrowing Connection) throws(SQLiteError) {
    let all = [statements.insertion, statements.update, statements.deletion, statements.comparison]
    for sql in all + [statements.adoption].compactMap(\.self) { _ = try connection.prepare(sql) }
  }

  /// Returns the names of the columns in which the object's row differs from the record; nil if there is no row.
  func differences(
    from record: Record, on connection: borrowing Connection
  ) throws(SQLiteError) -> [String]? {
    let names = columns.filter { $0.field != nil }.map(\.column.name)
    // A comparison has no place for a time of writing.
    return try connection.first(statements.comparison, values: record.values(at: 0)) { row in
      names.indices.filter { row.integer(at: Int32($0)) == 0 }.map { names[$0] }
    }
  }

  /// Returns the owner of the e-mail address other than the object `id`; nil if there is none.
  func owner(
    of address: String, otherThan id: String, on connection: borrowing Connection
  ) throws(SQLiteError) -> AddressOwner? {
    guard let owner = statements.owner else { return nil }
    return try connection.first(owner, address, id) { AddressOwner(id: $0.text(at: 0)) }
  }
}

/// A row with an e-mail address that another user needs.
struct AddressOwner {
  /// Clerk's id; nil for a row without one.
  let id: String?
}
