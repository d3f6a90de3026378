import ClerkSync

/// The format of a column's times: what a mapping file calls it, and what made that doubtful.
struct TimeFormat {
  /// `ms`, `s`, `iso` or `datetime`.
  let name: String
  /// What the operator should check; nil if the rows or the default leave no doubt.
  private(set) var doubt: String?

  /// Decides by the newest rows, then by the default, then by the declared type.
  init(_ column: DatabaseSchema.Column, of table: DatabaseSchema.Table, sample: ColumnSample?) {
    let found = (sample?.forms ?? []).compactMap(Self.name)
    if let name = found.first {
      self.name = name
      if Set(found).count > 1 {
        doubt = "the newest rows have several formats: \(Set(found).sorted().joined(separator: ", "))"
      }
    } else if let name = Self.ofDefault(column.defaultValue ?? ""),
      // Prisma Client sets the times itself, whatever the default.
      name != "datetime" || !Self.isPrisma(table)
    {
      self.name = name
    } else {
      name = Self.ofType(column.type)
      doubt =
        switch name {
        case "iso": "no row shows the format"
        default: "no row shows whether these are s or ms"
        }
      if Self.isPrisma(table), column.type == "DATETIME" {
        doubt = "Prisma has iso with a driver adapter, and ms without"
      }
    }
  }

  private static func name(_ form: ColumnSample.Form) -> String? {
    switch form {
    case .milliseconds: "ms"
    case .seconds: "s"
    case .iso: "iso"
    case .sqlTime: "datetime"
    case .clerkID, .other: nil
    }
  }

  /// Returns the format of an SQL expression such as `unixepoch() * 1000`; nil for any other default.
  private static func ofDefault(_ sql: String) -> String? {
    let sql = sql.lowercased()
    if ["current_timestamp", "datetime("].contains(where: sql.contains) { return "datetime" }
    if sql.contains("strftime('%y") { return sql.contains("t%h") ? "iso" : "datetime" }
    guard ["unixepoch", "'%s'", "julianday"].contains(where: sql.contains) else { return nil }
    return sql.contains("000") ? "ms" : "s"
  }

  private static func ofType(_ type: String) -> String {
    if type.contains("INT") || type.isEmpty { return "ms" }
    return ["REAL", "FLOA", "DOUB", "NUM", "DEC"].contains(where: type.contains) ? "s" : "iso"
  }

  /// Whether Prisma made the table, whose unique indexes are named `Table_column_key`.
  private static func isPrisma(_ table: DatabaseSchema.Table) -> Bool {
    table.uniqueIndexes.contains { $0.name == "\(table.name)_\($0.columns.joined(separator: "_"))_key" }
  }
}
