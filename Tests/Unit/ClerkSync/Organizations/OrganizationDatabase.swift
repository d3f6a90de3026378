import TestSupport

@testable import ClerkSync

/// An application's database with tables of users, organizations and memberships.
struct OrganizationDatabase {
  /// What identifies a membership.
  enum Key: CaseIterable {
    case id, pair
  }

  let database: MappedDatabase

  /// Memberships refer to the keys of the other rows, in columns with the constraint `reference`.
  init(_ key: Key = .id, reference: String = "NOT NULL") throws {
    let links = """
      organization_id: { lookup: { table: "organizations", where: { clerk_id: "organization.id" }, take: "id" } },
      user_id: { lookup: { table: "users", where: { clerk_id: "public_user_data.user_id" }, take: "id" } }
      """
    database = try MappedDatabase(
      """
      CREATE TABLE users (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE, email TEXT);
      CREATE TABLE organizations (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE, name TEXT, slug TEXT UNIQUE);
      CREATE TABLE memberships (\(key == .id ? "clerk_id TEXT PRIMARY KEY, " : "")organization_id INTEGER \(reference),
        user_id INTEGER \(reference), role TEXT\(key == .pair ? ", PRIMARY KEY (organization_id, user_id)" : ""));
      CREATE TABLE invitations (clerk_id TEXT PRIMARY KEY, email TEXT, status TEXT, data TEXT);
      """,
      """
      {
        user: { table: "users", key: { clerk_id: "id" }, columns: { email: "email" } },
        organization: { table: "organizations", key: { clerk_id: "id" }, columns: { name: "name", slug: "slug" } },
        organizationMembership: { table: "memberships",
          key: { \(key == .id ? #"clerk_id: "id""# : links) },
          columns: { role: "role"\(key == .id ? ", \(links)" : "") } },
        organizationInvitation: { table: "invitations", key: { clerk_id: "id" },
          columns: { email: "email_address", status: "status", data: "object" } },
      }
      """)
  }

  @discardableResult
  func apply(_ body: String, id: String = "msg_\(UInt64.random(in: 0 ... .max))") throws -> Outcome {
    try database.store.apply(Event.decode(body, database.mapping, id: id))
  }

  @discardableResult
  func membership(
    _ operation: String, id: String = "orgmem_1", organization: String = Payload.organization(id: "org_1"),
    role: String = "org:member", updatedAt: Int, timestamp: Int? = nil
  ) throws -> Outcome {
    let data = Payload.membership(
      id: id, organization: organization, user: "user_1", role: role, updatedAt: updatedAt)
    return try apply(
      Payload.event("organizationMembership.\(operation)", data: data, timestamp: timestamp ?? updatedAt))
  }

  @discardableResult
  func organization(
    _ operation: String, name: String = "Acme", slug: String? = nil, updatedAt: Int
  ) throws -> Outcome {
    let data = Payload.organization(id: "org_1", name: name, slug: slug, updatedAt: updatedAt)
    return try apply(Payload.event("organization.\(operation)", data: data, timestamp: updatedAt))
  }

  /// The organizations by id with their names.
  func organizations() throws -> [String?] {
    try database.texts("SELECT clerk_id || ' ' || name FROM organizations ORDER BY clerk_id")
  }

  /// The memberships with their roles, each with the ids of its ends.
  func memberships() throws -> [String?] {
    try database.texts(
      """
      SELECT (SELECT clerk_id FROM organizations WHERE id = organization_id) || ' '
        || (SELECT clerk_id FROM users WHERE id = user_id) || ' ' || role FROM memberships ORDER BY rowid
      """)
  }
}
