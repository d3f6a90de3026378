import SQLite

/// A column that a mapping writes, in words.
package struct MappedColumn: Sendable {
  package let entity: Entity
  package let table: String
  package let column: String
  /// The path or value that it gets.
  package let source: String
  /// When it is written.
  package let occasion: String
}

/// A statement that a mapping runs.
package struct MappedStatement: Sendable {
  package let entity: Entity
  package let purpose: String
  package let sql: String
}

extension Mapping {
  /// The columns of all tables.
  package var columns: [MappedColumn] {
    all.flatMap { table in
      [
        (table.key, "key"), (table.columns, "every change"), (table.insertion, "creation"),
        (table.match, "match"), (table.deletionRules, "deletion"),
      ].flatMap { rules, occasion in
        rules.map { rule in
          MappedColumn(
            entity: table.entity, table: table.table.name, column: rule.column.name,
            source: rule.description + (rule.isAddress ? table.missingAddress.description : ""),
            occasion: rule.conversion?.keepsWhenAbsent == true ? "\(occasion) that has it" : occasion)
        }
      }
    }
  }

  /// The statements of all tables that change rows.
  package var statements: [MappedStatement] {
    all.flatMap { table in
      let statements = table.statements
      return [
        ("creation", statements.insertion), ("update", statements.update),
        ("adoption of a matching row", statements.adoption),
        ("deletion", statements.deletion), ("release of an address", statements.release),
      ].compactMap { purpose, sql in
        sql.map { MappedStatement(entity: table.entity, purpose: purpose, sql: $0.description) }
      }
    }
  }
}

extension ColumnRule: CustomStringConvertible {
  /// The source of the value.
  var description: String {
    switch content {
    case .now(let format): return "the time of the write as \(format.rawValue)"
    case .value(let value): return value.literal
    case .field(_, let conversion):
      var text = path
      if let lookup = conversion.lookup {
        text = "\(lookup.table.name).\(lookup.taken.name) where \(lookup.column.name) = \(path)"
      }
      if let time = conversion.time { text += " as \(time.rawValue)" }
      if let choices = conversion.choices { text += ", one of \(choices.joined(separator: ", "))" }
      if let fallback = conversion.fallback { text += ", else \(fallback.literal)" }
      return text
    }
  }
}

extension TableMapping.MissingAddress {
  /// What an address without a value becomes, to follow the rule's description.
  fileprivate var description: String {
    switch self {
    case .refuse: ", else the event is refused"
    case .null: ", else null"
    case .placeholder(let text): ", else \(Value.text(text).literal)"
    }
  }
}

extension Value {
  /// The value as in a mapping file.
  fileprivate var literal: String {
    switch self {
    case .null: "null"
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): "\"\(text)\""
    }
  }
}
