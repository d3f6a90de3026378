import SQLite

/// Writes to the rows of a mapped table.
extension TableMapping {
  /// What a write did.
  struct Written {
    /// Whether it made the row.
    let madeRow: Bool
    /// The id of another user whose row lost its address.
    var released: String?
    /// What there is to log.
    var warning: String?
  }

  /// Inserts or updates the object's row. An update creates a missing row, so a lost `created` event is repaired.
  ///
  /// If another row still has the address although Clerk has said that it is free, that row gets a placeholder. If the
  /// record `isOutdated`, because Clerk has since given the user another address or none, its own row does.
  ///
  /// `isNew` selects the statement to try first. `now` is in milliseconds since 1970.
  func write(
    _ record: Record, isNew: Bool, isOutdated: Bool, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> Written {
    do throws(SQLiteError) {
      return Written(madeRow: try writeRow(record, isNew: isNew, now: now, on: connection))
    } catch {
      guard error.isUniqueViolation, let address = record.address,
        let owner = try owner(of: address, otherThan: record.id, on: connection),
        let release = statements.release
      else { throw error }
      var written: Written
      if let id = owner.id, owner.isReleased {
        try connection.run(release, id, placeholder(for: id))
        written = Written(madeRow: try writeRow(record, isNew: isNew, now: now, on: connection), released: id)
      } else if isOutdated {
        let outdated = replacingAddress(of: record, with: placeholder(for: record.id))
        written = Written(madeRow: try writeRow(outdated, isNew: isNew, now: now, on: connection))
      } else {
        throw error
      }
      written.warning = """
        the address was still that of \(written.released ?? record.id), which has another one or none at Clerk; that row \
        has a placeholder
        """
      return written
    }
  }

  /// Returns whether the row is new. SQLite compiles either statement in half the time of an upsert, and both are rarely
  /// needed.
  private func writeRow(
    _ record: Record, isNew: Bool, now: Int64, on connection: borrowing Connection
  ) throws(SQLiteError) -> Bool {
    let values = record.values(at: now)
    if let lacksKey = statements.lacksKey, let last = key.lastIndex(where: { $0.conversion?.lookup != nil }),
      try connection.first(lacksKey, values: Array(values[...last]), row: { $0.integer(at: 0) }) == 1
    {
      // SQLite would take NULL in a composite key, once for each event.
      throw .nullInKey(table)
    }
    func changes(_ sql: SQL) throws(SQLiteError) -> Bool {
      try connection.run(sql, values: values)
      return connection.changes > 0
    }
    if isNew, statements.adoption == nil, try changes(statements.insertion) { return true }
    if try changes(statements.update) { return false }
    if let adoption = statements.adoption, try changes(adoption) { return false }
    return try changes(statements.insertion)
  }

  /// Inserts a row unless the object has one. Returns whether it did.
  func insert(_ record: Record, now: Int64, on connection: borrowing Connection) throws(SQLiteError) -> Bool {
    try connection.run(statements.insertion, values: record.values(at: now))
    return connection.changes > 0
  }

  /// Deletes the rows that cannot exist without the object of a deletion's record, or marks them as deleted, and writes
  /// their tombstones. `origin` is nil unless changes are recorded.
  func deleteAll(
    of parent: Record, now: Int64, _ origin: ChangeTable.Origin?, on connection: borrowing Connection
  ) throws(SQLiteError) {
    guard let cascade = statements.cascades[parent.entity] else { return }
    if let origin {
      try ChangeTable.recordDeletions(
        of: entity, cascade.owners, parent: parent.id, from: origin, on: connection)
    }
    try VersionTable.recordDeletions(cascade.versions, parent: parent.id, now: now, on: connection)
    let set = deletedRecord(parent.id).values(at: now).dropFirst(key.count)
    try connection.run(cascade.deletion, values: [.text(parent.id)] + set)
  }

  /// Deletes the row of a deletion's record, with the rows that the application's foreign keys delete; or marks it as
  /// deleted, if the mapping says so. Returns whether there was a row.
  func delete(_ record: Record, now: Int64, on connection: borrowing Connection) throws(SQLiteError) -> Bool {
    try connection.run(statements.deletion, values: record.values(at: now))
    return connection.changes > 0
  }

  /// Throws unless the statements match the table.
  func check(on connection: borrowing Connection) throws(SQLiteError) {
    let all = [statements.insertion, statements.update, statements.deletion, statements.comparison]
    let others =
      [statements.adoption, statements.lacksKey].compactMap(\.self)
      + statements.cascades.values.map(\.deletion)
    for sql in all + others { _ = try connection.prepare(sql) }
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
    // The row may have no id, so a missing id is not a missing row.
    let found: String?? = try connection.first(owner, address, id) { .some($0.text(at: 0)) }
    guard let found else { return nil }
    guard let ownerID = found else { return AddressOwner(id: nil, nil) }
    return AddressOwner(id: ownerID, try VersionTable.find(ownerID, on: connection))
  }

  /// What the row of a user gets in place of an address that is another user's now.
  private func placeholder(for id: String) -> Value {
    missingAddress.value(for: id) ?? .text("\(id)@no-email.invalid")
  }
}

/// A row with an e-mail address that another user needs.
struct AddressOwner {
  /// Clerk's id; nil for a row without one.
  let id: String?
  /// Whether a change of Clerk's has been applied to the row.
  let isClerks: Bool
  /// Whether Clerk has said since that the address is no longer this user's.
  let isReleased: Bool

  init(id: String?, _ applied: VersionTable.Applied?) {
    self.id = id
    isClerks = applied?.isApplied == true
    let isFree = applied.map { $0.isDeleted || ($0.released ?? .min) >= $0.version.time } ?? false
    isReleased = isClerks && isFree
  }
}
