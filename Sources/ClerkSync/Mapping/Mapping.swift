import SQLite

/// The application's tables, and what each column holds.
///
/// A mapping is read once and compared by identity.
public final class Mapping: Sendable {
  /// The `users` table that clerk-sync creates.
  public static let builtIn = Mapping.users(roles: .standard, timestamps: .milliseconds)

  /// The columns of that table.
  static let builtInColumns = "id, email, firstName, lastName, password, phone, role, createdAt, updatedAt"

  /// The mapped tables, in the order in which one may refer to another.
  let all: [TableMapping]
  /// Whether the users table is the one that clerk-sync creates.
  package let isBuiltIn: Bool
  /// The unit in which ``StoredUser`` has the table's times.
  let timestamps: TimestampUnit
  /// Whether `session.created` is an update of its user, so that a user whose own event was lost has a row after the next
  /// sign-in.
  let healsOnSession: Bool

  init(
    _ tables: [Entity: TableMapping], isBuiltIn: Bool = false, timestamps: TimestampUnit = .milliseconds,
    healsOnSession: Bool = false
  ) {
    all = Entity.allCases.compactMap { tables[$0] }
    self.healsOnSession = healsOnSession
    self.isBuiltIn = isBuiltIn
    self.timestamps = timestamps
  }

  /// Returns the entity's table; nil if its objects are not stored.
  subscript(_ entity: Entity) -> TableMapping? { all.first { $0.entity == entity } }

  /// The names of the mapped tables, with what they hold.
  package var tableNames: [(entity: Entity, table: String)] { all.map { ($0.entity, $0.table.name) } }

  /// Whether an entity is mapped to the table.
  func contains(_ table: Identifier) -> Bool {
    all.contains { $0.table.name.lowercased() == table.name.lowercased() }
  }

  /// Whether there is a table of users.
  package var storesUsers: Bool { self[.user] != nil }

  /// Returns the mapping for user objects of which only these paths are known. See ``TableMapping/limited(to:now:)``.
  package func limited(to paths: Set<String>, now: Int64) -> Mapping {
    var tables = Dictionary(uniqueKeysWithValues: all.map { ($0.entity, $0) })
    tables[.user] = tables[.user]?.limited(to: paths, now: now)
    return Mapping(tables, isBuiltIn: isBuiltIn, timestamps: timestamps, healsOnSession: healsOnSession)
  }

  /// Returns the mapping of the `users` table that clerk-sync creates.
  package static func users(
    roles: Roles, timestamps: TimestampUnit, healsOnSession: Bool = false
  ) -> Mapping {
    var fields = FieldTree()
    func text(_ column: Identifier, _ path: String, or fallback: Value? = nil) -> ColumnRule {
      ColumnRule(column, path: path, .field(fields.insert([path], isText: true), .init(fallback: fallback)))
    }
    let role = ["public_metadata", "role"]
    let roles = ColumnRule.Conversion(fallback: .text(roles.fallback), choices: roles.names)
    let now = ColumnRule.Content.now(timestamps == .seconds ? .seconds : .milliseconds)
    let users = TableMapping(
      .user, table: "users",
      key: [text("id", "id")],
      columns: [
        ColumnRule("email", path: "email", isAddress: true, .field(fields.insert(.email), .init())),
        text("firstName", "first_name", or: .text("")), text("lastName", "last_name", or: .text("")),
        ColumnRule("role", path: "public_metadata.role", .field(fields.insert(role), roles)),
        ColumnRule("updatedAt", now),
      ],
      insertion: [
        ColumnRule("createdAt", now), ColumnRule("password", .value(.text(""))),
        ColumnRule("phone", .value(.null)),
      ],
      choices: "CLERK_SYNC_ROLES", fields: fields, statements: .builtIn)
    return Mapping(
      [.user: users], isBuiltIn: true, timestamps: timestamps, healsOnSession: healsOnSession)
  }
}

extension Mapping: Hashable {
  public static func == (one: Mapping, other: Mapping) -> Bool { one === other }

  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
