import TestSupport
import Testing

@testable import ClerkSync

/// Reads from organizations tables, and the counts of each kind of object.
@Suite struct OrganizationReadingTests {
  private static let acme = [
    "id": #""org_1""#, "name": #""Acme""#, "slug": #""rocket-shop""#, "created_at": "1654012591000",
  ]

  private func database() throws -> MappedDatabase {
    try MappedDatabase(
      """
      CREATE TABLE teams (n INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE, name TEXT, slug TEXT, made TEXT, changed INTEGER);
      """,
      """
      { organization: { table: 'teams', key: { clerk_id: 'id' },
          columns: { name: 'name', slug: 'slug', changed: { now: 's' } },
          insert: { made: { from: 'created_at', as: 'iso' } } } }
      """)
  }

  private func search(_ text: String?, in store: UserStore, after id: String? = nil, limit: Int = 9) throws
    -> [String]
  {
    try store.searchOrganizations(OrganizationSearch(text: text), after: id, limit: limit).rows.map(\.id)
  }

  @Test func `An organization is read with its version and deliveries`() throws {
    let database = try database()
    try database.apply("organization.created", Self.acme, at: 1_654_012_591_835)
    let row = StoredOrganization(
      id: "org_1", name: "Acme", slug: "rocket-shop", createdAt: 1_654_012_591_000,
      updatedAt: UserStore.now / 1000 * 1000)
    let history = try #require(try database.store.history(ofOrganization: "org_1", before: nil, limit: 9))
    #expect(history.row == row)
    #expect(history.change?.time == 1_654_012_591_835 && history.change?.event == "created")
    #expect(history.deliveries.rows.map(\.objectID) == ["org_1"])

    try database.apply("organization.deleted", ["id": #""org_1""#], at: 1_654_012_591_836)
    let deleted = try #require(try database.store.history(ofOrganization: "org_1", before: nil, limit: 9))
    #expect(deleted.row == nil)
    #expect(deleted.change?.deleted == UserStore.now)
    #expect(deleted.deliveries.rows.count == 2)
    #expect(try database.store.history(ofOrganization: "org_2", before: nil, limit: 9) == nil)
  }

  @Test func `A search finds a prefix of an id, and a part of a name or slug`() throws {
    let database = try database()
    try database.store.prepare()
    try database.executeText(
      """
      INSERT INTO teams (clerk_id, name, slug) VALUES ('org_1', 'Acme', 'rocket-shop'), ('org_2', 'Émile & Co', NULL),
        ('org_21', NULL, NULL), (NULL, 'Acme', 'no-clerk');
      """)
    let store = database.store
    #expect(try search(nil, in: store) == ["org_1", "org_2", "org_21"])
    for (text, found) in [
      ("org_2", ["org_2", "org_21"]), ("acm", ["org_1"]), ("KET-SH", ["org_1"]), ("émile", ["org_2"]),
      ("ORG_21", ["org_21"]), ("%", []), ("' OR 1 --", []),
    ] {
      #expect(try search(text, in: store) == found, "\(text)")
    }
    #expect(try search(nil, in: store, after: "org_1", limit: 1) == ["org_2"])
    let row = try #require(try store.history(ofOrganization: "org_21", before: nil, limit: 1)).row
    #expect(row == StoredOrganization(id: "org_21", name: nil, slug: nil, createdAt: nil, updatedAt: nil))
  }

  @Test func `A page examines at most ten thousand organizations`() throws {
    let database = try database()
    try database.store.prepare()
    try database.executeText(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
      INSERT INTO teams (clerk_id, name) SELECT printf('org_%05d', i), CASE i WHEN 11000 THEN 'Acme' ELSE 'x' END FROM n
      """)
    let first = try database.store.searchOrganizations(OrganizationSearch(text: "acme"), after: nil, limit: 9)
    #expect(first.rows.isEmpty && first.next == "org_10000")
    #expect(try search("acme", in: database.store, after: first.next) == ["org_11000"])
  }

  @Test func `Without a table of organizations there are none`() throws {
    let database = try TestDatabase(inMemory: true)
    try database.store.create(.ada())
    #expect(try search(nil, in: database.store) == [])
    #expect(try database.store.history(ofOrganization: "org_1", before: nil, limit: 9) == nil)
    #expect(try database.store.history(ofUser: "user_1", before: nil, limit: 9)?.memberships.rows == [])
    #expect(try database.store.totals().objects.map(\.entity) == [.user])
  }

  @Test func `Rows and tombstones are counted for each kind of object`() throws {
    let database = try MappedDatabase(
      ApplicationSchema.script("organizations"), ConfigurationFile("tables/organizations.json5").text)
    for number in 1...3 {
      try database.apply(
        "user.created",
        ["id": "\"user_\(number)\"", "email_addresses": UserEvent.addresses("\(number)@example.org")], at: 1)
      try database.apply(
        "organization.created", ["id": "\"org_\(number)\"", "name": #""x""#, "slug": "null"], at: 1)
    }
    for number in 1...2 {
      try database.apply(
        "organizationMembership.created",
        [
          "id": "\"orgmem_\(number)\"", "role": #""r""#, "organization": #"{"id":"org_1"}"#,
          "public_user_data": "{\"user_id\":\"user_\(number)\"}",
        ], at: 1)
    }
    try database.apply("user.deleted", ["id": #""user_3""#], at: 2)
    try database.apply("organization.deleted", ["id": #""org_2""#], at: 2)
    try database.apply("organization.deleted", ["id": #""org_3""#], at: 2)
    // The tombstone of a membership that the pair identifies.
    try database.execute("INSERT INTO clerk_sync_versions VALUES ('org_1/user_9/orgmem_9', 1, 2, 1, NULL)")
    let statistics = try database.store.statistics()
    #expect(
      statistics.objects.map { "\($0.entity) \($0.rows) \($0.tombstones)" } == [
        "user 2 1", "organization 1 2", "organizationMembership 2 1",
      ])
    #expect(statistics.users == 2 && statistics.tombstones == 4)
    #expect(try database.store.totals().objects.map(\.rows) == [2, 1, 2])
  }
}
