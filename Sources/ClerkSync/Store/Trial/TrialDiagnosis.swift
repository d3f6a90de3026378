import SQLite

/// Finds out why a statement of a mapping fails.
struct TrialDiagnosis {
  private let mapping: TableMapping
  private let isBuiltIn: Bool
  private let step: Trial.Step
  private let record: Record
  /// nil if there is no such table.
  private let table: DatabaseSchema.Table?

  private var name: String { mapping.table.name }

  init(
    _ mapping: TableMapping, isBuiltIn: Bool, step: Trial.Step, record: Record,
    on connection: borrowing Connection
  ) throws(SQLiteError) {
    (self.mapping, self.isBuiltIn, self.step, self.record) = (mapping, isBuiltIn, step, record)
    table = try DatabaseSchema.table(mapping.table.name, on: connection)
  }

  /// Returns the problem behind SQLite's error, or behind a foreign key that a commit would find violated. Returns nil if
  /// the failure is the trial's own: a lookup of a row that only the application makes.
  func problem(
    _ error: SQLiteError?, isMapped: (Identifier) -> Bool, on connection: borrowing Connection
  ) throws(SQLiteError) -> TrialProblem? {
    guard let error else { return try foreignKey(on: connection) }
    // SQLite's messages end with the column's name.
    let column = table.flatMap { table in
      table.columns.first { error.message.hasSuffix(" \(table.name).\($0.name)") }
    }
    switch (error.constraint, column) {
    case (.notNull?, let column?): return notNull(column, isMapped: isMapped)
    case (.check?, _): return check(error)
    case (.dataType?, let column?): return dataType(column, what: error.message)
    case (.integerKey?, _):
      guard let key = table?.rowIDAlias else { break }
      return dataType(key, what: "\(name).\(key.name) is an integer, and the mapping writes a text")
    case (.foreignKey?, _): return try foreignKey(on: connection)
    case (.unique?, let column?), (.primaryKey?, let column?):
      guard !error.message.contains(", ") else { break }
      return problem(
        column, "\(name).\(column.name) is unique, and the mapping writes a value that another row has",
        remedy: "write a value of its own for each row, such as { value: \"{id}\" }")
    case (.trigger?, _):
      return problem(
        nil,
        "\(name): a trigger refuses \(step.rawValue): \(try DatabaseSchema.triggers(on: name, connection).joined(separator: ", "))",
        remedy: "change the trigger, or write what it demands")
    case (nil, _):
      if let problem = try schema(error, on: connection) { return problem }
    default: break
    }
    return problem(
      nil, "\(name): \(step.rawValue) fails: \(error.message)",
      remedy: "correct the table, its triggers, or its mapping")
  }

  private func problem(
    _ column: DatabaseSchema.Column?, _ what: String, remedy: String
  ) -> TrialProblem {
    TrialProblem(
      entity: mapping.entity, table: name, column: column?.name, what: what, remedy: remedy)
  }

  /// What the failed statement writes.
  private var written: [(rule: ColumnRule, cell: Record.Cell)] {
    guard step == .deletion else {
      return Array(zip(mapping.key + mapping.columns, record.cells))
        + zip(mapping.insertion, record.cells.suffix(mapping.insertion.count))
    }
    return Array(zip(mapping.deletionRules, record.cells.dropFirst(mapping.key.count)))
  }

  private func rule(for column: DatabaseSchema.Column) -> ColumnRule? {
    written.first { $0.rule.column.name.lowercased() == column.name.lowercased() }?.rule
  }

  private func notNull(_ column: DatabaseSchema.Column, isMapped: (Identifier) -> Bool) -> TrialProblem? {
    let place = "\(name).\(column.name)"
    let value = column.holdsText ? "\"\"" : "0"
    guard let rule = rule(for: column) else {
      return problem(
        column, "\(place) is NOT NULL without a default, and the mapping does not write it",
        remedy: isBuiltIn
          ? "give it a default, or use a mapping that writes it, which clerk-sync tables suggest prints"
          : "add a rule to insert, such as \(column.name): { value: \(value) }, or give it a default")
    }
    guard let conversion = rule.conversion else {
      return problem(
        column, "\(place) is NOT NULL, and the mapping writes NULL",
        remedy: isBuiltIn
          ? "allow NULL, or use a mapping that writes a value, which clerk-sync tables suggest prints"
          : "write another value in its rule, or allow NULL")
    }
    guard let lookup = conversion.lookup else {
      let isAddress = rule.isAddress && mapping.missingAddress != .refuse
      return problem(
        column, "\(place) is NOT NULL, and \(rule.path) can be null",
        remedy: isAddress
          ? "set withoutEmail to \"refuse\" or a placeholder, or allow NULL"
          : "add a fallback to its rule, such as else: \(value), or allow NULL")
    }
    guard isMapped(lookup.table) else { return nil }
    return problem(
      column, "\(place) is NOT NULL, and its lookup finds no row of \(lookup.table.name)",
      remedy:
        "let the lookup compare \(rule.path) with the column that holds Clerk's id in \(lookup.table.name)")
  }

  private func check(_ error: SQLiteError) -> TrialProblem {
    for (rule, cell) in written {
      guard case .value(.text(let text)) = cell, let column = table?.column(rule.column.name),
        !column.words.isEmpty, !column.words.contains(text)
      else { continue }
      return problem(
        column,
        "\(name).\(column.name) permits only \(column.words.joined(separator: ", ")), and the mapping writes \"\(text)\"",
        remedy: checkRemedy(rule))
    }
    let chosen = written.first { $0.rule.conversion?.choices != nil }
    let text = chosen.flatMap { if case .value(.text(let text)) = $0.cell { text } else { nil } }
    let detail = text.map { text in " with \(chosen?.rule.column.name ?? "") \"\(text)\"" } ?? ""
    return problem(
      nil, "\(name): \(step.rawValue)\(detail) fails: \(error.message)",
      remedy: chosen.map { checkRemedy($0.rule) } ?? "change the rule of the column, or the constraint")
  }

  private func checkRemedy(_ rule: ColumnRule) -> String {
    guard rule.conversion?.choices != nil else { return "change the rule of the column, or the constraint" }
    return isBuiltIn
      ? "set CLERK_SYNC_ROLES to the permitted ones, the least privileged last"
      : "name only permitted ones in oneOf and else"
  }

  private func dataType(_ column: DatabaseSchema.Column, what: String) -> TrialProblem {
    guard let rule = rule(for: column) else { return problem(column, what, remedy: "correct the table") }
    let isKey = mapping.key.contains { $0.column == rule.column }
    if isKey, isBuiltIn {
      return problem(
        column, what, remedy: "Clerk's ids are texts: use the mapping that clerk-sync tables suggest prints")
    }
    return problem(
      column, what,
      remedy: isKey
        ? "Clerk's ids are texts: map key to a column for them, such as clerk_id TEXT UNIQUE"
        : "choose a field or a format of that type in its rule, or change the type")
  }

  private func foreignKey(on connection: borrowing Connection) throws(SQLiteError) -> TrialProblem {
    // A table WITHOUT ROWID has NULL in place of a rowid.
    let violated = try connection.all(
      """
      SELECT key."from", key."table" FROM pragma_foreign_key_check(?1) AS violation
      JOIN pragma_foreign_key_list(?1) AS key ON key.id = violation.fkid
      WHERE violation."rowid" IS NULL OR violation."rowid" = ?2
      """, name, connection.lastInsertedRow
    ) { (column: $0.text(at: 0) ?? "", table: $0.text(at: 1) ?? "") }
    guard step != .deletion, let violated = violated.first else {
      return problem(
        nil, "\(name): \(step.rawValue) violates a foreign key of another table, which a trigger writes",
        remedy: "change the trigger, or declare the foreign key ON DELETE CASCADE")
    }
    return problem(
      table?.column(violated.column),
      "\(name).\(violated.column) references \(violated.table), and the mapping writes a value that no row there has",
      remedy: "find the row with a lookup, or leave the column out")
  }

  /// Explains why a statement does not compile; nil for a reason that is not in the table.
  private func schema(
    _ error: SQLiteError, on connection: borrowing Connection
  ) throws(SQLiteError) -> TrialProblem? {
    let correction = "correct the name in the mapping, or create it"
    guard let table else {
      let names = try DatabaseSchema(connection).tables.map(\.name)
      return problem(
        nil,
        "there is no table \(name); there \(names.isEmpty ? "is no other either" : "are \(names.listed)")",
        remedy: correction)
    }
    guard !table.isView else {
      return problem(nil, "\(name) is a view", remedy: "map the table behind it")
    }
    let rules = mapping.key + mapping.columns + mapping.insertion + mapping.match + mapping.deletionRules
    let missing = rules.map(\.column.name).filter { table.column($0) == nil }
    guard missing.isEmpty else {
      return problem(
        nil, "\(name) has no column \(missing.listed); it has \(table.columns.map(\.name).listed)",
        remedy: isBuiltIn
          ? "use the mapping that clerk-sync tables suggest prints, or add the columns" : correction)
    }
    for rule in rules {
      guard let lookup = rule.conversion?.lookup else { continue }
      let place = "\(name).\(rule.column.name): its lookup"
      guard let target = try DatabaseSchema.table(lookup.table.name, on: connection) else {
        return problem(
          table.column(rule.column.name),
          "\(place) names the table \(lookup.table.name), which does not exist",
          remedy: correction)
      }
      for column in [lookup.column.name, lookup.taken.name] where target.column(column) == nil {
        return problem(
          table.column(rule.column.name),
          "\(place) names \(target.name).\(column), which does not exist; \(target.name) has "
            + target.columns.map(\.name).listed,
          remedy: correction)
      }
    }
    guard error.message.hasPrefix("ON CONFLICT") else { return nil }
    let keys = mapping.key.map { "\($0.column)" as SQL }
    guard let index = Identifier("\(name)_\(mapping.key.map(\.column.name).joined(separator: "_"))_unique")
    else { return nil }
    let columns = mapping.key.map(\.column.name).joined(separator: ", ")
    let statement: SQL =
      "CREATE UNIQUE INDEX \(index) ON \(mapping.table) (\(SQL(joining: keys, separator: ", ")))"
    return problem(
      table.column(mapping.idColumn.name),
      "\(name) has no unique index on \(columns), the key of the mapping",
      remedy: "\(statement)")
  }
}

extension [String] {
  /// The names, separated by commas; of a long list the first ones.
  fileprivate var listed: String {
    prefix(20).joined(separator: ", ") + (count > 20 ? " and \(count - 20) more" : "")
  }
}
