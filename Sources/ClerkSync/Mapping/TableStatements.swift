import SQLite

/// What a deletion does to the rows of the objects that cannot exist without the deleted one, whose id is ?1.
struct Cascade: Sendable {
  /// Does what a deletion does to a single row. Its other parameters are what a deletion sets.
  let deletion: SQL
  /// Selects the versions of those that have not been deleted: their object_id.
  let versions: SQL
  /// Selects from these the ones with a row.
  let owners: SQL

  /// `rows` selects the column of the table's key that holds Clerk's id.
  init(of parent: Entity, deletion: SQL, rows: SQL, keyedByPair: Bool) {
    self.deletion = deletion
    let isChild: SQL =
      if !keyedByPair {
        "object_id IN (\(rows))"
      } else if parent == .organization {
        "object_id > ?1 || '/' AND object_id < ?1 || '0'"
      } else {
        // No index has the users of pairs.
        "object_id LIKE 'org%' AND instr(object_id, '/' || ?1 || '/') > 0"
      }
    let living: SQL = "FROM clerk_sync_versions WHERE deleted IS NULL AND \(isChild)"
    versions = "SELECT object_id \(living)"
    // Of the memberships of a pair, the newest has the row. Without its last part, an object_id is the pair's.
    let newest: SQL = """
      SELECT object_id, max(version * 4 + rank) \(living) GROUP BY rtrim(object_id, replace(object_id, '/', ''))
      """
    owners = keyedByPair ? "SELECT object_id FROM (\(newest))" : versions
  }
}

/// The SQL for the rows of a mapped table, made once.
///
/// The parameters are the ``Record/cells`` of a record in their order: those of the key, of the columns, of the columns
/// that an update may keep, of the match, and of the insertion.
struct TableStatements: Sendable {
  let insertion: SQL
  let update: SQL
  /// Makes a row without a key the object's; nil if the mapping has no match.
  let adoption: SQL?
  /// Its parameters are the ``Record/cells`` of a deletion.
  let deletion: SQL
  /// What happens to the rows of a deleted object of this kind. A mapping without a column for the object has none.
  let cascades: [Entity: Cascade]
  /// Returns whether a row of another table that the key refers to is missing; nil if it refers to none.
  let lacksKey: SQL?
  /// Returns for each column with a field whether the row has the record's value. NULL and an empty text are equal.
  let comparison: SQL
  /// Returns the id of the row with the address ?1 whose id is not ?2; nil if there is no column for addresses.
  let owner: SQL?
  /// Sets the address of the row with the id ?1 to ?2.
  let release: SQL?

  private init(
    insertion: SQL, update: SQL, deletion: SQL, comparison: SQL, owner: SQL, release: SQL
  ) {
    (self.insertion, self.update, self.deletion) = (insertion, update, deletion)
    (self.comparison, self.owner, self.release) = (comparison, owner, release)
    (adoption, cascades, lacksKey) = (nil, [:], nil)
  }

  init(
    table: Identifier, key: [ColumnRule], columns: [ColumnRule], insertion: [ColumnRule], match: [ColumnRule],
    deletion: TableMapping.Deletion, parents: [TableMapping.Parent]
  ) {
    func list(_ parts: [SQL], _ separator: StaticString = ", ") -> SQL {
      SQL(joining: parts, separator: separator)
    }
    func numbered(_ rules: [ColumnRule], after count: Int) -> [(rule: ColumnRule, value: SQL)] {
      rules.enumerated().map { ($1, $1.expression(count + $0 + 1)) }
    }
    func equal(_ rules: [(rule: ColumnRule, value: SQL)]) -> SQL {
      list(rules.map { "\($0.rule.column) = \($0.value)" }, " AND ")
    }
    let keys = numbered(key, after: 0)
    let values = numbered(columns, after: keys.count)
    let kept = columns.filter(\.isKeptWhenAbsent).count
    let matches = numbered(match, after: keys.count + values.count + kept)
    let inserted = numbered(insertion, after: keys.count + values.count + kept + matches.count)

    let all = keys + values + inserted
    self.insertion = """
      INSERT INTO \(table) (\(list(all.map { "\($0.rule.column)" }))) VALUES (\(list(all.map(\.value)))) \
      ON CONFLICT (\(list(keys.map { "\($0.rule.column)" }))) DO NOTHING
      """

    var flag = keys.count + values.count
    var assignments: [SQL] = []
    for (rule, value) in values {
      if rule.isKeptWhenAbsent {
        flag += 1
        assignments.append("\(rule.column) = CASE WHEN ?\(flag) THEN \(rule.column) ELSE \(value) END")
      } else {
        assignments.append("\(rule.column) = \(value)")
      }
    }
    // A table can consist of its key. The update then tells only whether there is a row.
    if assignments.isEmpty { assignments = keys.map { "\($0.rule.column) = \($0.rule.column)" } }
    update = "UPDATE \(table) SET \(list(assignments)) WHERE \(equal(keys))"
    let withKey = keys.map { "\($0.rule.column) = \($0.value)" as SQL } + (values.isEmpty ? [] : assignments)
    adoption =
      match.isEmpty
      ? nil
      : "UPDATE \(table) SET \(list(withKey)) WHERE \(key[0].column) IS NULL AND \(equal(matches))"

    func deleting(where condition: SQL, after count: Int) -> SQL {
      guard case .set(let rules) = deletion else { return "DELETE FROM \(table) WHERE \(condition)" }
      let set = numbered(rules, after: count).map { "\($0.rule.column) = \($0.value)" as SQL }
      return "UPDATE \(table) SET \(list(set)) WHERE \(condition)"
    }
    self.deletion = deleting(where: equal(keys), after: keys.count)
    var cascades: [Entity: Cascade] = [:]
    for parent in parents {
      guard let rule = (key + columns).first(where: { $0.path == parent.path }) else { continue }
      let isChild: SQL = "\(rule.column) = \(rule.expression(1))"
      cascades[parent.entity] = Cascade(
        of: parent.entity, deletion: deleting(where: isChild, after: 1),
        rows: "SELECT \(key[0].column) FROM \(table) WHERE \(isChild)", keyedByPair: key[0].path != "id")
    }
    self.cascades = cascades
    let found = keys.filter { $0.rule.conversion?.lookup != nil }.map { "\($0.value) IS NULL" as SQL }
    lacksKey = found.isEmpty ? nil : "SELECT \(list(found, " OR "))"

    let (id, address) = (key[0].column, columns.first(where: \.isAddress)?.column)
    owner = address.map { "SELECT \(id) FROM \(table) WHERE \($0) = ?1 AND \(id) IS NOT ?2" }
    release = address.map { "UPDATE \(table) SET \($0) = ?2 WHERE \(id) = ?1" }

    flag = keys.count + values.count
    var comparisons: [SQL] = []
    for (rule, value) in values where rule.field != nil {
      var isEqual: SQL = "\(rule.column) IS \(value) OR ifnull(\(rule.column), '') IS ifnull(\(value), '')"
      if rule.isKeptWhenAbsent {
        flag += 1
        isEqual = "?\(flag) OR \(isEqual)"
      }
      comparisons.append(isEqual)
    }
    comparison =
      "SELECT \(list(comparisons.isEmpty ? ["1"] : comparisons)) FROM \(table) WHERE \(equal(keys))"
  }
}

extension TableStatements {
  /// The statements of the built-in mapping, as they would be made. Making them would cost a CGI process an eighth of a
  /// request.
  static let builtIn = TableStatements(
    insertion: """
      INSERT INTO `users` (`id`, `email`, `firstName`, `lastName`, `role`, `updatedAt`, `createdAt`, `password`, `phone`) \
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (`id`) DO NOTHING
      """,
    update: """
      UPDATE `users` SET `email` = ?2, `firstName` = ?3, `lastName` = ?4, `role` = ?5, `updatedAt` = ?6 WHERE `id` = ?1
      """,
    deletion: "DELETE FROM `users` WHERE `id` = ?1",
    comparison: """
      SELECT `email` IS ?2 OR ifnull(`email`, '') IS ifnull(?2, ''), \
      `firstName` IS ?3 OR ifnull(`firstName`, '') IS ifnull(?3, ''), \
      `lastName` IS ?4 OR ifnull(`lastName`, '') IS ifnull(?4, ''), \
      `role` IS ?5 OR ifnull(`role`, '') IS ifnull(?5, '') FROM `users` WHERE `id` = ?1
      """,
    owner: "SELECT `id` FROM `users` WHERE `email` = ?1 AND `id` IS NOT ?2",
    release: "UPDATE `users` SET `email` = ?2 WHERE `id` = ?1")
}

extension ColumnRule {
  fileprivate var isKeptWhenAbsent: Bool { conversion?.keepsWhenAbsent == true }
}
