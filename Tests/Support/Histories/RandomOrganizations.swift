/// Random tables of users, organizations and memberships with their mapping file, and a model of what they hold in the
/// end.
public struct RandomOrganizations: Sendable {
  private enum ForeignKeys: CaseIterable {
    case none, blocking, cascading
  }

  /// The statements that create the tables.
  public let schema: String
  /// The mapping file.
  public let mapping: String
  /// The tables, for a failure.
  public var description: String { "\(schema)\n\(mapping)" }

  /// Whether memberships have the keys of the other rows instead of Clerk's ids.
  private let looksUp: Bool
  /// Whether a membership's organization and user are its key.
  private let isKeyedByPair: Bool
  private let softOrganizations: Bool
  private let softMemberships: Bool

  public init(using random: inout SplitMix64) {
    let (looksUp, isKeyedByPair) = (random.happens(50), random.happens(40))
    (self.looksUp, self.isKeyedByPair) = (looksUp, isKeyedByPair)
    softOrganizations = random.happens(30)
    let keys = ForeignKeys.allCases.randomElement(using: &random) ?? .none
    // A row that stays would keep the rows that it references.
    softMemberships = !isKeyedByPair && keys != .blocking && random.happens(30)

    // Joining again then has to wait for the end of the old membership.
    let isUnique = !softMemberships && random.happens(30)

    func reference(_ table: String) -> String {
      let target = "\(table)(\(looksUp ? "id" : "clerk_id"))"
      return switch keys {
      case .none: ""
      case .blocking: " REFERENCES \(target)"
      case .cascading: " REFERENCES \(target) ON DELETE CASCADE"
      }
    }
    let type = looksUp ? "INTEGER" : "TEXT"
    let ends =
      "org \(type) NOT NULL\(reference("organizations")), member \(type) NOT NULL\(reference("users"))"
    schema = """
      CREATE TABLE users (id INTEGER PRIMARY KEY, clerk_id TEXT NOT NULL UNIQUE, email TEXT UNIQUE);
      CREATE TABLE organizations (id INTEGER PRIMARY KEY, clerk_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, slug TEXT,
        deleted_at INTEGER);
      CREATE TABLE memberships (\(isKeyedByPair ? "" : "clerk_id TEXT PRIMARY KEY, ")\(ends), role TEXT NOT NULL, gone INTEGER\
      \(isKeyedByPair ? ", PRIMARY KEY (org, member)" : isUnique ? ", UNIQUE (org, member)" : "")) \(random.happens(30) ? "STRICT" : "");
      """
    func end(_ table: String, _ path: String) -> String {
      looksUp ? "{ lookup: { table: '\(table)', where: { clerk_id: '\(path)' }, take: 'id' } }" : "'\(path)'"
    }
    let links =
      "org: \(end("organizations", "organization.id")), member: \(end("users", "public_user_data.user_id"))"
    mapping = """
      {
        user: { table: "users", key: { clerk_id: "id" }, columns: { email: "email" } },
        organization: { table: "organizations", key: { clerk_id: "id" }, columns: { name: "name", slug: "slug" }\
      \(softOrganizations ? ", onDelete: { set: { deleted_at: { now: 'ms' } } }" : "") },
        organizationMembership: { table: "memberships", key: { \(isKeyedByPair ? links : "clerk_id: 'id'") },
          columns: { role: "role"\(isKeyedByPair ? "" : ", \(links)") }\
      \(softMemberships ? ", onDelete: { set: { gone: { value: 1 } } }" : "") },
      }
      """
  }

  /// Returns what distinguishes the tables in the file at the path from Clerk's state.
  public func differences(from histories: [OrganizationHistory], at path: String) throws -> [String] {
    let membershipID = isKeyedByPair ? "''" : "memberships.clerk_id"
    // Soft deletion keeps a row, whose end may be gone.
    let (org, member) =
      looksUp
      ? (
        "(SELECT clerk_id FROM organizations WHERE id = org)",
        "(SELECT clerk_id FROM users WHERE id = member)"
      ) : ("org", "member")
    let found = try ApplicationSchema.run(
      """
      SELECT 'user ' || clerk_id || ' ' || email FROM users
      UNION ALL SELECT 'organization ' || clerk_id || ' ' || name || ' ' || ifnull(slug, '-') FROM organizations
        WHERE deleted_at IS NULL
      UNION ALL SELECT 'membership ' || \(membershipID) || ' ' || ifnull(\(org), '?') || ' ' || ifnull(\(member), '?')
        || ' ' || role FROM memberships WHERE gone IS NULL
      """, at: path
    ).map { $0 ?? "NULL" }
    let expected = histories.flatMap { history in
      history.users.map { "user \($0) \($1)" }
        + history.organizations.values.map { "organization \($0.id) \($0.name) \($0.slug ?? "-")" }
        + history.memberships.values.map {
          "membership \(isKeyedByPair ? "" : $0.id) \($0.organization) \($0.user) \($0.role)"
        }
    }
    return Set(found).subtracting(expected).map { "not at Clerk: \($0)" }.sorted()
      + Set(expected).subtracting(found).map { "missing: \($0)" }.sorted()
      + (found.count == Set(found).count ? [] : ["a row twice"])
  }
}
