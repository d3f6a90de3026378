import SQLite

/// What the newest rows hold in a column: the form of the values, never a value.
package struct ColumnSample: Sendable {
  package enum Form: String, Sendable {
    /// A number of milliseconds since 1970.
    case milliseconds
    /// A number of seconds since 1970.
    case seconds
    /// A text such as 2026-01-31T10:00:00Z.
    case iso
    /// A text such as 2026-01-31 10:00:00, as CURRENT_TIMESTAMP makes it.
    case sqlTime
    /// An id that Clerk made, such as `user_…`.
    case clerkID
    case other

    /// The format of a rule that writes this form; nil if it is not one of times.
    package var timeFormat: TimeFormat? {
      switch self {
      case .milliseconds: .milliseconds
      case .seconds: .seconds
      case .iso: .iso
      case .sqlTime: .datetime
      case .clerkID, .other: nil
      }
    }
  }

  /// The forms in the newest rows that are not NULL there, each once, the newest row's first.
  package let forms: [Form]
  /// Whether any row is NULL there.
  package let hasNull: Bool

  fileprivate init(
    _ column: DatabaseSchema.Column, of table: DatabaseSchema.Table, on connection: borrowing Connection
  ) throws(SQLiteError) {
    // A table WITHOUT ROWID has no order of insertion.
    let order = table.isWithoutRowID ? table.primaryKey.first?.name ?? column.name : "rowid"
    guard let name = Identifier(column.name), let tableName = Identifier(table.name),
      let order = Identifier(order)
    else { throw .schemaMismatch }
    // A number of a time since 1973 has at least 9 digits in seconds, and 12 in milliseconds.
    var newest = try connection.prepare(
      """
      SELECT CASE
        WHEN typeof(value) IN ('integer', 'real') AND value >= 100000000000 THEN 'milliseconds'
        WHEN typeof(value) IN ('integer', 'real') AND value >= 100000000 THEN 'seconds'
        WHEN value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*' THEN 'iso'
        WHEN value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] *' THEN 'sqlTime'
        WHEN value GLOB 'user_*' OR value GLOB 'org_*' OR value GLOB 'orgmem_*' THEN 'clerkID'
        ELSE 'other' END
      FROM (SELECT \(name) AS value FROM \(tableName) ORDER BY \(order) DESC LIMIT 20) WHERE value IS NOT NULL
      """)
    var forms: [Form] = []
    while try newest.step() {
      let form = newest.text(at: 0).flatMap(Form.init) ?? .other
      if !forms.contains(form) { forms.append(form) }
    }
    self.forms = forms
    var null = try connection.prepare("SELECT 1 FROM \(tableName) WHERE \(name) IS NULL LIMIT 1")
    hasNull = try null.step()
  }
}

extension UserStore {
  /// Returns a sample of each column of the table, by the column's name. Reads only.
  package func samples(of table: DatabaseSchema.Table) throws(StoreError) -> [String: ColumnSample] {
    let connection = try database.open()
    var samples: [String: ColumnSample] = [:]
    for column in table.columns {
      samples[column.name] = try database.sql(ColumnSample(column, of: table, on: connection))
    }
    return samples
  }
}
