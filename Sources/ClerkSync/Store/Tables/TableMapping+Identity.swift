import SQLite

/// Clerk's ids of the objects to which a row `stored` of a mapped table belongs, as SQL.
extension TableMapping {
  /// The key of the row; see ``BackendObject/key``.
  var clerkKey: SQL {
    keyedByPair ? "(\(idOfParent(.organization)) || '/' || \(idOfParent(.user)))" : "stored.\(idColumn)"
  }

  /// Clerk's id of the object of this kind without which that of the row cannot exist; NULL if no column tells it.
  ///
  /// A column with a lookup holds the key of another row, which is read back.
  func idOfParent(_ parent: Entity) -> SQL {
    guard let rule = columnOfParent(parent) else { return "NULL" }
    guard let lookup = rule.conversion?.lookup else { return "stored.\(rule.column)" }
    return """
      (SELECT parent.\(lookup.column) FROM main.\(lookup.table) AS parent WHERE parent.\(lookup.taken) = stored.\(rule.column))
      """
  }

  /// The column for the object of this kind without which that of the row cannot exist; nil if there is none.
  func columnOfParent(_ parent: Entity) -> ColumnRule? {
    guard let path = parents.first(where: { $0.entity == parent })?.path else { return nil }
    return (key + columns + insertion).first { $0.path == path }
  }

  /// Whether the row's object has a version, which is that of a change unless it equals ?1.
  var hasVersion: SQL {
    let isObject: SQL =
      keyedByPair
      ? "object_id > \(clerkKey) || '/' AND object_id < \(clerkKey) || '0'" : "object_id = \(clerkKey)"
    return "EXISTS (SELECT 1 FROM main.clerk_sync_versions WHERE \(isObject) AND version <> ?1)"
  }
}
