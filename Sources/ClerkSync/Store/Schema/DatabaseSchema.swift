import SQLite

/// The application's tables and views in a database file, as SQLite describes them. The sync's own tables, and those of
/// SQLite and of migration tools, are left out.
package struct DatabaseSchema: Equatable, Sendable {
  package var tables: [Table]

  package struct Table: Equatable, Sendable {
    package let name: String
    package var isView = false
    package var isWithoutRowID = false
    package var columns: [Column] = []
    package var uniqueIndexes: [UniqueIndex] = []
    package var foreignKeys: [ForeignKey] = []
  }

  package struct Column: Equatable, Sendable {
    package let name: String
    /// The declared type in upper case; empty if there is none.
    package let type: String
    package let isNotNull: Bool
    /// The SQL of the default; nil if there is none.
    package let defaultValue: String?
    /// The position in the primary key, counted from 1; 0 for a column outside it.
    package let primaryKeyPosition: Int
    package let isGenerated: Bool
    /// The words to which a CHECK limits the column; empty if it does not.
    package var words: [String] = []
  }

  /// A unique index, or a PRIMARY KEY or UNIQUE constraint other than a rowid.
  package struct UniqueIndex: Equatable, Sendable {
    package let name: String
    package let columns: [String]
    /// Whether it has a WHERE clause, and so does not apply to every row.
    package let isPartial: Bool
  }

  package struct ForeignKey: Equatable, Sendable {
    package let table: String
    /// The referencing columns.
    package var from: [String]
    /// The referenced columns; empty for the primary key.
    package var to: [String]
    /// The ON DELETE action, as SQLite names it.
    package let onDelete: String
  }

  /// Returns the table with this name, in any case.
  package func table(_ name: String) -> Table? {
    tables.first { $0.name.lowercased() == name.lowercased() }
  }
}

extension DatabaseSchema.Table {
  /// Returns the column with this name, in any case.
  package func column(_ name: String) -> DatabaseSchema.Column? {
    columns.first { $0.name.lowercased() == name.lowercased() }
  }

  package var primaryKey: [DatabaseSchema.Column] {
    columns.filter { $0.primaryKeyPosition > 0 }.sorted { $0.primaryKeyPosition < $1.primaryKeyPosition }
  }

  /// The column that is another name of the rowid, which SQLite assigns (sqlite.org/lang_createtable.html#rowid).
  package var rowIDAlias: DatabaseSchema.Column? {
    guard !isWithoutRowID, primaryKey.count == 1, primaryKey[0].type == "INTEGER" else { return nil }
    return primaryKey[0]
  }

  /// Whether no two rows can have the same value in the column, NULL aside.
  package func isUnique(_ column: DatabaseSchema.Column) -> Bool {
    rowIDAlias?.name == column.name
      || uniqueIndexes.contains {
        !$0.isPartial && $0.columns.map { $0.lowercased() } == [column.name.lowercased()]
      }
  }

  /// Returns the foreign key whose only referencing column is this one.
  package func foreignKey(of column: DatabaseSchema.Column) -> DatabaseSchema.ForeignKey? {
    foreignKeys.first { $0.from.map { $0.lowercased() } == [column.name.lowercased()] }
  }
}

extension DatabaseSchema {
  private static let list: SQL = """
    SELECT list.name, list.type = 'view', list.wr, object.sql
    FROM pragma_table_list AS list JOIN sqlite_schema AS object ON object.name = list.name
    WHERE list.schema = 'main' AND list.type IN ('table', 'view') AND list.name NOT GLOB 'sqlite_*'
      AND list.name NOT GLOB 'clerk_sync_*' AND list.name NOT GLOB '_*'
    ORDER BY list.name COLLATE NOCASE
    """

  private static let named: SQL = """
    SELECT list.name, list.type = 'view', list.wr, object.sql
    FROM pragma_table_list AS list JOIN sqlite_schema AS object ON object.name = list.name
    WHERE list.schema = 'main' AND list.type IN ('table', 'view') AND lower(list.name) = lower(?1)
    """

  // `hidden` is 2 or 3 for a generated column (sqlite.org/pragma.html#pragma_table_xinfo).
  private static let columns: SQL = """
    SELECT name, upper(type), "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?1) WHERE hidden <> 1
    """

  // A unique index on an expression has a column without a name, and is no constraint on columns.
  private static let uniqueIndexes: SQL = """
    SELECT list.name, list.partial, info.name FROM pragma_index_list(?1) AS list, pragma_index_info(list.name) AS info
    WHERE list."unique" AND NOT EXISTS (SELECT 1 FROM pragma_index_info(list.name) AS other WHERE other.name IS NULL)
    ORDER BY list.seq, info.seqno
    """

  private static let foreignKeys: SQL = """
    SELECT id, "table", "from", "to", on_delete FROM pragma_foreign_key_list(?1) ORDER BY id, seq
    """

  /// Reads the schema.
  init(_ connection: borrowing Connection) throws(SQLiteError) {
    tables = []
    for found in try connection.all(Self.list, row: Self.table) {
      tables.append(try Self.completed(found, on: connection))
    }
  }

  /// Returns the table or view with this name, in any case; nil if there is none. Any name is found.
  static func table(_ name: String, on connection: borrowing Connection) throws(SQLiteError) -> Table? {
    guard let found = try connection.first(named, name, row: table) else { return nil }
    return try completed(found, on: connection)
  }

  /// Whether there is a table with this name, one of clerk-sync's own.
  static func hasTable(_ name: StaticString, on connection: borrowing Connection) throws(SQLiteError) -> Bool
  {
    try connection.integer("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", "\(name)") != nil
  }

  /// Returns the names of the triggers on the table, whose name can be in any case.
  static func triggers(
    on table: String, _ connection: borrowing Connection
  ) throws(SQLiteError) -> [String] {
    try connection.all(
      "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?1) ORDER BY name",
      table
    ) { $0.text(at: 0) ?? "" }
  }

  private static func table(_ row: borrowing Statement) -> (table: Table, sql: String) {
    let table = Table(
      name: row.text(at: 0) ?? "", isView: row.integer(at: 1) == 1, isWithoutRowID: row.integer(at: 2) == 1)
    return (table, row.text(at: 3) ?? "")
  }

  private static func completed(
    _ found: (table: Table, sql: String), on connection: borrowing Connection
  ) throws(SQLiteError) -> Table {
    var table = found.table
    do throws(SQLiteError) {
      table.columns = try columns(of: table.name, on: connection)
    } catch {
      // A view may name a table that is gone.
      guard table.isView else { throw error }
    }
    let words = CheckedWords(found.sql)
    for index in table.columns.indices { table.columns[index].words = words[table.columns[index].name] }
    table.uniqueIndexes = try uniqueIndexes(of: table.name, on: connection)
    table.foreignKeys = try foreignKeys(of: table.name, on: connection)
    return table
  }

  private static func columns(
    of table: String, on connection: borrowing Connection
  ) throws(SQLiteError) -> [Column] {
    try connection.all(columns, table) { row in
      Column(
        name: row.text(at: 0) ?? "", type: row.text(at: 1) ?? "", isNotNull: row.integer(at: 2) == 1,
        defaultValue: row.text(at: 3), primaryKeyPosition: Int(row.integer(at: 4) ?? 0),
        isGenerated: row.integer(at: 5) != 0)
    }
  }

  private static func uniqueIndexes(
    of table: String, on connection: borrowing Connection
  ) throws(SQLiteError) -> [UniqueIndex] {
    let rows = try connection.all(uniqueIndexes, table) { row in
      (name: row.text(at: 0) ?? "", isPartial: row.integer(at: 1) == 1, column: row.text(at: 2) ?? "")
    }
    return rows.grouped(by: \.name).map { rows in
      UniqueIndex(name: rows[0].name, columns: rows.map(\.column), isPartial: rows[0].isPartial)
    }
  }

  private static func foreignKeys(
    of table: String, on connection: borrowing Connection
  ) throws(SQLiteError) -> [ForeignKey] {
    let rows = try connection.all(foreignKeys, table) { row in
      (
        id: row.integer(at: 0), table: row.text(at: 1) ?? "", from: row.text(at: 2) ?? "",
        to: row.text(at: 3),
        onDelete: row.text(at: 4) ?? ""
      )
    }
    return rows.grouped(by: \.id).map { rows in
      ForeignKey(
        table: rows[0].table, from: rows.map(\.from), to: rows.compactMap(\.to), onDelete: rows[0].onDelete)
    }
  }
}

extension Array {
  /// Returns the runs of elements with the same key.
  fileprivate func grouped<Key: Equatable>(by key: (Element) -> Key) -> [[Element]] {
    reduce(into: []) { groups, element in
      if let last = groups.last, key(last[0]) == key(element) {
        groups[groups.count - 1].append(element)
      } else {
        groups.append([element])
      }
    }
  }
}
