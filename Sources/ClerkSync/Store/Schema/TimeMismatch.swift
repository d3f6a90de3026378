import SQLite

/// A column whose times have another format than the mapping writes.
package struct TimeMismatch: Equatable, Sendable {
  package let table: String
  package let column: String
  package let written: TimeFormat
  /// The format that fits the column.
  package let fitting: TimeFormat
  /// What shows it: the declared type, or the form of the newest rows.
  package let evidence: String

  /// Compares the rule with the declared type and the newest rows. Returns nil if they agree, or if the rule writes no
  /// time.
  fileprivate init?(
    _ rule: ColumnRule, _ column: DatabaseSchema.Column, _ sample: ColumnSample?, in table: String
  ) {
    guard let format = rule.timeFormat else { return nil }
    let others = (sample?.forms ?? []).compactMap { form in
      form.timeFormat.flatMap { $0 == format ? nil : (format: $0, form: form) }
    }
    if let other = others.first {
      fitting = other.format
      evidence = "rows have \(other.form.words)"
    } else if format.isNumber, !column.type.isEmpty, column.holdsText {
      (fitting, evidence) = (.iso, "it is declared \(column.type)")
    } else if !format.isNumber, column.type.contains("INT") {
      (fitting, evidence) = (.milliseconds, "it is declared \(column.type)")
    } else {
      return nil
    }
    (self.table, self.column, written) = (table, column.name, format)
  }
}

extension ColumnSample.Form {
  fileprivate var words: String {
    switch self {
    case .milliseconds: "milliseconds"
    case .seconds: "seconds"
    case .iso: "texts such as 2026-01-31T10:00:00Z"
    case .sqlTime: "texts such as 2026-01-31 10:00:00"
    case .clerkID, .other: rawValue
    }
  }
}

extension UserStore {
  /// Returns the mapped columns whose times have another format than the mapping writes. Reads only.
  package func timeMismatches() throws(StoreError) -> [TimeMismatch] {
    let connection = try database.open()
    var mismatches: [TimeMismatch] = []
    for mapped in mapping.all {
      let name = mapped.table.name
      let found = try database.sql(DatabaseSchema.table(name, on: connection))
      guard let found, !found.isView else { continue }
      let samples = try samples(of: found)
      for rule in mapped.columns + mapped.insertion {
        guard let column = found.column(rule.column.name) else { continue }
        let mismatch = TimeMismatch(rule, column, samples[column.name], in: name)
        if let mismatch { mismatches.append(mismatch) }
      }
    }
    return mismatches
  }
}
