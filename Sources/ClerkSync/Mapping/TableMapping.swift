import SQLite

/// How the objects of one kind become rows of a table of the application.
final class TableMapping: Sendable {
  /// What to store for a user without a primary e-mail address, if the column's rule says nothing.
  enum MissingAddress: Equatable, Sendable {
    /// The event is refused.
    case refuse
    case null
    /// This text, in which `{id}` stands for the user's id.
    case placeholder(String)

    /// Returns what to store for the user with this id; nil if the event is refused.
    func value(for id: String) -> Value? {
      switch self {
      case .refuse: nil
      case .null: .null
      case .placeholder(let text): Value.text(text).naming(id)
      }
    }
  }

  /// What a deletion does to the row.
  enum Deletion: Sendable {
    case delete
    /// The row stays, with these columns set.
    case set([ColumnRule])
  }

  /// A reference to another object without which the object cannot exist.
  struct Parent: Sendable {
    let entity: Entity
    let path: String
    /// The index of the field with the other object's id.
    let field: Int
  }

  let entity: Entity
  let table: Identifier
  /// The columns that identify a row, the one with Clerk's id first. They are unique in the table.
  let key: [ColumnRule]
  /// Written by each change.
  let columns: [ColumnRule]
  /// Written only when a row is made.
  let insertion: [ColumnRule]
  /// Identifies a row without a key that becomes this object's; empty if none does.
  let match: [ColumnRule]
  let missingAddress: MissingAddress
  let deletion: Deletion
  let parents: [Parent]
  /// The name of the setting that lists the permitted texts of a column, for messages.
  let choices: String
  let fields: FieldTree
  let statements: TableStatements

  /// `fields` are those that the rules refer to. `statements` are made of the rules unless they are given.
  init(
    _ entity: Entity, table: Identifier, key: [ColumnRule], columns: [ColumnRule],
    insertion: [ColumnRule] = [],
    match: [ColumnRule] = [], missingAddress: MissingAddress = .refuse, deletion: Deletion = .delete,
    parents: [Parent] = [], choices: String, fields: FieldTree, statements: TableStatements? = nil
  ) {
    (self.entity, self.table, self.key, self.columns) = (entity, table, key, columns)
    (self.insertion, self.match) = (insertion, match)
    (self.missingAddress, self.deletion, self.parents) = (missingAddress, deletion, parents)
    (self.choices, self.fields) = (choices, fields)
    self.statements =
      statements
      ?? TableStatements(
        table: table, key: key, columns: columns, insertion: insertion, match: match, deletion: deletion,
        parents: parents)
  }

  /// The columns that a deletion sets; empty if it deletes the row.
  var deletionRules: [ColumnRule] {
    if case .set(let rules) = deletion { rules } else { [] }
  }

  /// The column that holds Clerk's id. Not to be used if the table is ``keyedByPair``.
  var idColumn: Identifier { key[0].column }

  /// Whether a membership's row has no id of its own, and its organization and user identify it.
  var keyedByPair: Bool { key[0].path != "id" }

  /// The column that holds the primary e-mail address; nil if there is none.
  var addressColumn: Identifier? { columns.first(where: \.isAddress)?.column }
}

extension TableMapping {
  /// Returns the mapping for objects of which only these paths are known. An update leaves the columns for other paths
  /// alone. A new row gets what stands for an absent value; in place of a time that is `now`, in milliseconds since 1970.
  func limited(to paths: Set<String>, now: Int64) -> TableMapping {
    var fields = fields
    let absent = fields.insertAbsent()
    func limited(_ rule: ColumnRule) -> ColumnRule {
      guard var conversion = rule.conversion, !paths.contains(rule.path) else { return rule }
      conversion.keepsWhenAbsent = true
      conversion.fallback = conversion.fallback ?? conversion.time?.value(now)
      return ColumnRule(rule.column, path: rule.path, .field(absent, conversion))
    }
    return TableMapping(
      entity, table: table, key: key, columns: columns.map(limited), insertion: insertion.map(limited),
      match: match.map(limited), missingAddress: missingAddress, deletion: deletion, parents: parents,
      choices: choices, fields: fields)
  }
}
