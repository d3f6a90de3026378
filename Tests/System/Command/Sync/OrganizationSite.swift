import TestSupport

/// A database with users, organizations and memberships that refer to them by integers, and a server with these.
struct OrganizationSite {
  /// How the memberships are identified.
  enum Key: CaseIterable {
    /// By Clerk's id.
    case id
    /// By the organization and the user.
    case pair

    fileprivate var schema: String {
      let clerkID = self == .id ? "clerk_id TEXT NOT NULL UNIQUE," : ""
      return """
        CREATE TABLE users (id INTEGER PRIMARY KEY, clerk_id TEXT NOT NULL UNIQUE, name TEXT);
        CREATE TABLE organizations (id INTEGER PRIMARY KEY, clerk_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
        CREATE TABLE memberships (\(clerkID)
          organization_id INTEGER NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
          user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
          role TEXT NOT NULL, PRIMARY KEY (organization_id, user_id));
        CREATE TABLE invitations (clerk_id TEXT PRIMARY KEY, organization TEXT NOT NULL, status TEXT);
        """
    }

    fileprivate var mapping: String {
      let ends = """
        organization_id: { lookup: { table: "organizations", where: { clerk_id: "organization.id" }, take: "id" } },
        user_id: { lookup: { table: "users", where: { clerk_id: "public_user_data.user_id" }, take: "id" } },
        """
      return """
        {
          user: { table: "users", key: { clerk_id: "id" }, columns: { name: "name" } },
          organization: { table: "organizations", key: { clerk_id: "id" }, columns: { name: "name" } },
          organizationMembership: {
            table: "memberships",
            key: { \(self == .id ? "clerk_id: 'id'" : ends) },
            columns: { \(self == .id ? ends : "") role: "role" },
          },
          organizationInvitation: {
            table: "invitations",
            key: { clerk_id: "id" },
            columns: { organization: "organization_id", status: "status" },
          },
        }
        """
    }
  }

  let site: SyncingSite
  private let users: Int
  private let memberships: Int

  init(
    _ key: Key = .id, users: Int, organizations: Int, memberships: Int, invitations: Int = 0,
    isFilled: Bool = false
  ) throws {
    let settings = ClerkServer.Settings(
      count: users, organizations: organizations, memberships: memberships, invitations: invitations)
    site = try SyncingSite(settings, schema: key.schema, mapping: key.mapping)
    (self.users, self.memberships) = (users, memberships)
    if isFilled, try run("backfill").status != 0 { throw NotFilled(log: site.errors) }
  }

  struct NotFilled: Error {
    let log: String
  }

  var clerk: ClerkServer { site.clerk }
  var database: DatabaseFile { site.database }

  func run(_ command: String, _ arguments: String...) throws -> Command {
    try site.run(command, options: arguments)
  }

  /// The organization, the user and the role of the membership with this number.
  func membership(_ number: Int) -> String {
    let (organization, user) = number.quotientAndRemainder(dividingBy: users)
    return ClerkServer.organization(organization) + "/" + ClerkServer.user(user).id
      + (number % 2 == 0 ? " org:admin" : " org:member")
  }

  /// Deletes objects at Clerk.
  func delete(_ ids: String...) {
    for id in ids { clerk.settings.changes[id] = .some(nil) }
  }

  /// Returns the memberships of the server that have no row, and the rows that are none of its memberships, except some.
  func differences(without: Set<Int> = []) throws -> [String] {
    let rows = try database.rows(
      """
      SELECT organizations.clerk_id || '/' || users.clerk_id || ' ' || role FROM memberships
      JOIN organizations ON organizations.id = organization_id JOIN users ON users.id = user_id
      """)
    let stored = Set(rows.compactMap(\.[0]))
    let expected = Set((0..<memberships).filter { !without.contains($0) }.map(membership))
    return expected.subtracting(stored).map { "missing: \($0)" }.sorted()
      + stored.subtracting(expected).map { "wrong: \($0)" }.sorted()
  }
}
