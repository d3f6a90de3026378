import ClerkSync

/// The format of a column's times: what a mapping file calls it, and what made that doubtful.
struct TimeFormatGuess {
  let format: TimeFormat
  /// What the operator should check; nil if the rows or the default leave no doubt.
  private(set) var doubt: String?

  /// Decides by the newest rows, then by the default, then by the declared type.
  init(_ column: DatabaseSchema.Column, of table: DatabaseSchema.Table, sample: ColumnSample?) {
    let found = (sample?.forms ?? []).compactMap(\.timeFormat)
    if let format = found.first {
      self.format = format
      let names = Set(found.map(\.rawValue)).sorted()
      if names.count > 1 { doubt = "the newest rows have several formats: \(names.joined(separator: ", "))" }
    } else if let format = Self.ofDefault(column.defaultValue ?? ""),
      // Prisma Client sets the times itself, whatever the default.
      format != .datetime || !Self.isPrisma(table)
    {
      self.format = format
    } else {
      format = Self.ofType(column.type)
      doubt = format.isNumber ? "no row shows whether these are s or ms" : "no row shows the format"
      if Self.isPrisma(table), column.type == "DATETIME" {
        doubt = "Prisma has iso with a driver adapter, and ms without"
      }
    }
  }

  /// Returns the format of an SQL expression such as `unixepoch() * 1000`; nil for any other default.
  private static func ofDefault(_ sql: String) -> TimeFormat? {
    let sql = sql.lowercased()
    if ["current_timestamp", "datetime("].contains(where: sql.contains) { return .datetime }
    if sql.contains("strftime('%y") { return sql.contains("t%h") ? .iso : .datetime }
    guard ["unixepoch", "'%s'", "julianday"].contains(where: sql.contains) else { return nil }
    return sql.contains("000") ? .milliseconds : .seconds
  }

  private static func ofType(_ type: String) -> TimeFormat {
    if type.contains("INT") || type.isEmpty { return .milliseconds }
    return ["REAL", "FLOA", "DOUB", "NUM", "DEC"].contains(where: type.contains) ? .seconds : .iso
  }

  /// Whether Prisma made the table, whose unique indexes are named `Table_column_key`.
  private static func isPrisma(_ table: DatabaseSchema.Table) -> Bool {
    table.uniqueIndexes.contains { $0.name == "\(table.name)_\($0.columns.joined(separator: "_"))_key" }
  }
}
