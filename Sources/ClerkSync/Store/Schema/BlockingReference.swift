import SQLite

/// A column of the application whose foreign key blocks a change that Clerk makes, as long as it refers to the row.
public struct BlockingReference: Equatable, Sendable {
  /// The kind of the objects that cannot be changed.
  public var entity = Entity.user
  public let table: String
  public let column: String
  /// The foreign key's ON DELETE or ON UPDATE action, as SQLite names it.
  public let action: String
  /// What the foreign key blocks.
  public let change: Change

  public enum Change: Equatable, Sendable {
    /// The deletion of a row. `way` has the tables between the mapped table and this one, each of which loses its rows with
    /// those of the one before; it is empty if the column references the mapped table.
    case deletion(way: [String])
    /// The update of a column, `table.column`. `key` is the column that never changes, in the same form.
    case update(of: String, key: String)
  }

  /// The tables that lose rows when a row of ?1 is deleted, each with the table that it references with CASCADE. The
  /// first row of a table belongs to the shortest way to it. Names are compared without regard to case, as SQLite does.
  private static let cascades: SQL = """
    WITH RECURSIVE cascade(name, parent) AS (
      SELECT name, NULL FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower(?1)
      UNION
      SELECT child.name, cascade.name
      FROM cascade, sqlite_schema AS child, pragma_foreign_key_list(child.name) AS key
      WHERE child.type = 'table' AND lower(key."table") = lower(cascade.name) AND key.on_delete = 'CASCADE'
    )
    SELECT name, parent FROM cascade
    """

  /// The foreign keys that refer to ?1. One that names no column refers to the primary key.
  private static let keys: SQL = """
    SELECT child.name, key."from", key.on_delete, key.on_update,
      coalesce(key."to", (SELECT name FROM pragma_table_info(?1) WHERE pk = key.seq + 1)),
      (SELECT "notnull" FROM pragma_table_info(child.name) WHERE name = key."from")
    FROM sqlite_schema AS child, pragma_foreign_key_list(child.name) AS key
    WHERE child.type = 'table' AND lower(key."table") = lower(?1)
    ORDER BY child.name, key.id, key.seq
    """

  /// A column that refers to one of another table.
  private struct ForeignKey {
    let table: String
    let column: String
    let onDelete: String
    let onUpdate: String
    let target: String
    let isNotNull: Bool

    init(_ row: borrowing Statement) {
      (table, column) = (row.text(at: 0) ?? "", row.text(at: 1) ?? "")
      (onDelete, onUpdate) = (row.text(at: 2) ?? "", row.text(at: 3) ?? "")
      (target, isNotNull) = (row.text(at: 4) ?? "", row.integer(at: 5) == 1)
    }

    /// NO ACTION and RESTRICT block the change, and so does SET NULL on a NOT NULL column.
    func blocks(_ action: String) -> Bool {
      ["NO ACTION", "RESTRICT"].contains(action) || (action == "SET NULL" && isNotNull)
    }
  }

  /// Returns the foreign keys that block a change of a row of the mapped tables.
  static func all(
    to mapping: Mapping, on connection: borrowing Connection
  ) throws(SQLiteError) -> [BlockingReference] {
    var references: [BlockingReference] = []
    for table in mapping.all {
      references += try deletions(of: table, on: connection)
      references += try updates(of: table, on: connection)
    }
    return references
  }

  /// Returns those that block the deletion of a row of the table, or of the rows that it takes along.
  private static func deletions(
    of table: TableMapping, on connection: borrowing Connection
  ) throws(SQLiteError) -> [BlockingReference] {
    guard case .delete = table.deletion else { return [] }
    let edges = try connection.all(cascades, table.table.name) {
      (name: $0.text(at: 0) ?? "", parent: $0.text(at: 1))
    }
    var parents: [String: String?] = [:]
    var references: [BlockingReference] = []
    for (name, parent) in edges where parents[name] == nil {
      parents.updateValue(parent, forKey: name)
      var way: [String] = []
      var next = name
      while let parent = parents[next] ?? nil {
        way.insert(next, at: 0)
        next = parent
      }
      for key in try connection.all(keys, name, row: ForeignKey.init) where key.blocks(key.onDelete) {
        references.append(
          BlockingReference(
            entity: table.entity, table: key.table, column: key.column, action: key.onDelete,
            change: .deletion(way: way)))
      }
    }
    return references
  }

  /// Returns those that block the update of a column that Clerk's changes write. The key never changes.
  private static func updates(
    of table: TableMapping, on connection: borrowing Connection
  ) throws(SQLiteError) -> [BlockingReference] {
    let written = (table.columns + table.deletionRules).map(\.column.name)
    let name = table.table.name
    return try connection.all(keys, name, row: ForeignKey.init).compactMap { key in
      let target = key.target.lowercased()
      guard key.blocks(key.onUpdate), let column = written.first(where: { $0.lowercased() == target })
      else { return nil }
      return BlockingReference(
        entity: table.entity, table: key.table, column: key.column, action: key.onUpdate,
        change: .update(of: "\(name).\(column)", key: "\(name).\(table.key[0].column.name)"))
    }
  }
}

extension BlockingReference {
  /// The problem in one sentence, which names the column.
  package var what: String {
    let column = "\(table).\(column)"
    // SET NULL blocks a change only if the column is NOT NULL.
    let isNotNull = action == "SET NULL" ? ", but is NOT NULL" : ""
    switch change {
    case .deletion(let way):
      let rows = way.isEmpty ? "such rows" : "such rows, through \(way.joined(separator: " and then ")),"
      return "\(column) has ON DELETE \(action)\(isNotNull): \(entity.noun) with \(rows) cannot be deleted"
    case .update(let target, _):
      return
        "\(column) references \(target) and has ON UPDATE \(action)\(isNotNull): \(target) of \(entity.noun) with such rows "
        + "cannot change"
    }
  }

  package var remedy: String {
    switch change {
    case .deletion:
      action == "SET NULL"
        ? "declare it ON DELETE CASCADE, or allow NULL" : "declare it ON DELETE CASCADE or ON DELETE SET NULL"
    case .update(_, let key): "declare it ON UPDATE CASCADE, or let it reference \(key), which never changes"
    }
  }
}

extension Entity {
  /// The word for one object, with its article.
  package var noun: String {
    switch self {
    case .user: "a user"
    case .organization: "an organization"
    case .organizationMembership: "a membership"
    case .organizationInvitation: "an invitation"
    }
  }
}

extension UserStore {
  /// Returns the foreign keys of the application that block a change of a row of the mapped tables. Reads only.
  package func blockingReferences() throws(StoreError) -> [BlockingReference] {
    let connection = try database.open()
    return try database.sql(BlockingReference.all(to: mapping, on: connection))
  }
}
