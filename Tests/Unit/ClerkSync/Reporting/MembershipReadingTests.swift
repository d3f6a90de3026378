import TestSupport
import Testing

@testable import ClerkSync

/// Reads from memberships tables of every form.
@Suite struct MembershipReadingTests {
  struct Form: CustomTestStringConvertible {
    let testDescription: String
    /// The table `members`.
    let schema: String
    /// Its members `key` and `columns` in the mapping file.
    let mapping: String
    var hasIDs = true

    static let ids = "team: 'organization.id', person: 'public_user_data.user_id'"
    static let lookups = """
      team: { lookup: { table: 'teams', where: { clerk_id: 'organization.id' }, take: 'id' } },
      person: { lookup: { table: 'people', where: { clerk_id: 'public_user_data.user_id' }, take: 'id' } }
      """

    static let all = [
      Form(
        testDescription: "an id, and Clerk's ids", schema: "(id TEXT PRIMARY KEY, team, person, role)",
        mapping: "key: { id: 'id' }, columns: { \(ids), role: 'role' }"),
      Form(
        testDescription: "an id and lookups, with indexes",
        schema: """
          (id TEXT UNIQUE, team, person, role, UNIQUE (team, person));
          CREATE INDEX member_person ON members (person)
          """,
        mapping: "key: { id: 'id' }, columns: { \(lookups), role: 'role' }"),
      Form(
        testDescription: "an id that is only inserted, without a rowid",
        schema: "(id TEXT PRIMARY KEY, team, person, role) WITHOUT ROWID",
        mapping: "key: { id: 'id' }, columns: { role: 'role' }, insert: { \(ids) }"),
      Form(
        testDescription: "a pair", schema: "(id TEXT, team, person, role, PRIMARY KEY (team, person))",
        mapping: "key: { \(ids) }, columns: { role: 'role' }", hasIDs: false),
      Form(
        testDescription: "a pair of lookups",
        schema: "(id TEXT, team, person, role, PRIMARY KEY (person, team))",
        mapping: "key: { \(lookups) }, columns: { id: 'id', role: 'role' }"),
      Form(
        testDescription: "a pair of lookups, without a rowid",
        schema: "(id TEXT, team, person, role, PRIMARY KEY (person, team)) WITHOUT ROWID",
        mapping: "key: { \(lookups) }, columns: { id: 'id', role: 'role' }"),
    ]

    /// Returns a database with org_1 and org_2; the first has user_1 and user_2 as members, the other user_1.
    func database(filled isFilled: Bool = true) throws -> MappedDatabase {
      let database = try MappedDatabase(
        """
        CREATE TABLE teams (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE, name TEXT);
        CREATE TABLE people (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE);
        CREATE TABLE members \(schema);
        INSERT INTO teams VALUES (1, 'org_1', 'One'), (2, 'org_2', 'Two');
        INSERT INTO people VALUES (11, 'user_1'), (12, 'user_2');
        """,
        """
        { user: { table: 'people', key: { clerk_id: 'id' } },
          organization: { table: 'teams', key: { clerk_id: 'id' }, columns: { name: 'name' } },
          organizationMembership: { table: 'members', \(mapping) } }
        """)
      try database.store.prepare()
      guard isFilled else { return database }
      for (id, team, person, role) in [
        ("a", 1, 11, "org:admin"), ("b", 2, 11, "org:member"), ("c", 1, 12, "org:member"),
      ] {
        let ends = mapping.contains("lookup") ? "\(team), \(person)" : "'org_\(team)', 'user_\(person - 10)'"
        try database.executeText("INSERT INTO members VALUES ('orgmem_\(id)', \(ends), '\(role)')")
      }
      return database
    }

    func membership(_ id: String, _ organization: Int, _ user: Int, _ role: String) -> StoredMembership {
      StoredMembership(
        id: hasIDs ? "orgmem_\(id)" : nil, organizationID: "org_\(organization)", userID: "user_\(user)",
        role: role,
        createdAt: nil, updatedAt: nil)
    }
  }

  /// Returns the memberships on all pages.
  private func walk<Row>(
    _ store: UserStore, limit: Int, _ read: (Int64?) throws -> ObjectHistory<Row>?
  ) throws -> [StoredMembership] {
    var rows: [StoredMembership] = []
    var place: Int64?
    repeat {
      let page = try #require(try read(place)).memberships
      #expect(page.rows.count <= limit)
      rows += page.rows
      place = page.next
    } while place != nil
    return rows
  }

  @Test(arguments: Form.all, [1, 2, 9])
  func `An organization has its members, and a user the memberships`(form: Form, limit: Int) throws {
    let database = try form.database()
    let store = database.store
    let (a, b) = (form.membership("a", 1, 1, "org:admin"), form.membership("b", 2, 1, "org:member"))
    let c = form.membership("c", 1, 2, "org:member")
    for (id, expected) in [("org_1", [a, c]), ("org_2", [b])] {
      let rows = try walk(store, limit: limit) {
        try store.history(ofOrganization: id, after: $0, before: nil, limit: limit)
      }
      #expect(rows == expected)
    }
    for (id, expected) in [("user_1", [a, b]), ("user_2", [c])] {
      let rows = try walk(store, limit: limit) {
        try store.history(ofUser: id, after: $0, before: nil, limit: limit)
      }
      #expect(rows == expected)
    }
    #expect(try store.history(ofOrganization: "org_3", before: nil, limit: limit) == nil)
  }

  @Test(arguments: [true, false])
  func `Every member of a large organization is on exactly one page`(isIndexed: Bool) throws {
    let form = Form(
      testDescription: "",
      schema: "(id TEXT UNIQUE, team, person, role\(isIndexed ? ", UNIQUE (team, person)" : ""))",
      mapping: "key: { id: 'id' }, columns: { \(Form.ids) }")
    let database = try form.database(filled: false)
    // The larger one is read in the order of the rows in any case.
    try database.executeText(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
      INSERT INTO members SELECT 'orgmem_' || i, CASE WHEN i % 100 THEN 'org_1' ELSE 'org_2' END, 'user_' || i, 'r' FROM n
      """)
    let store = database.store
    let few = try walk(store, limit: 200) {
      try store.history(ofOrganization: "org_2", after: $0, before: nil, limit: 200)
    }
    #expect(few.map(\.userID) == (1...300).map { "user_\($0 * 100)" })
    let many = try walk(store, limit: 200) {
      try store.history(ofOrganization: "org_1", after: $0, before: nil, limit: 200)
    }
    #expect(many.count == 29_700)
    #expect(Set(many.map(\.id)).count == many.count)
  }

  @Test func `Without an index one page examines at most ten thousand memberships`() throws {
    let database = try Form.all[0].database()
    try database.executeText(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000)
      INSERT INTO members SELECT 'orgmem_' || i, 'org_2', 'user_' || i, 'r' FROM n;
      INSERT INTO members VALUES ('orgmem_z', 'org_1', 'user_9', 'r')
      """)
    func page(after place: Int64?) throws -> Page<StoredMembership, Int64> {
      try #require(try database.store.history(ofOrganization: "org_1", after: place, before: nil, limit: 50))
        .memberships
    }
    let first = try page(after: nil)
    #expect(first.rows.map(\.id) == ["orgmem_a", "orgmem_c"])
    #expect(first.next == 10_000)
    #expect(try page(after: 10_000).rows.isEmpty)
    let last = try page(after: 20_000)
    #expect(last.rows.map(\.id) == ["orgmem_z"])
    #expect(last.next == nil)
  }

  @Test func `A membership of a missing user has none`() throws {
    let database = try Form.all[1].database()
    try database.executeText("DELETE FROM people WHERE id = 12")
    let members = try database.store.history(ofOrganization: "org_1", before: nil, limit: 9)?.memberships.rows
    #expect(members?.map(\.userID) == ["user_1", nil])
  }

  @Test func `A table without columns for the organization and the user lists nobody`() throws {
    let form = Form(
      testDescription: "", schema: "(id TEXT PRIMARY KEY, team, person, role)",
      mapping: "key: { id: 'id' }, columns: { role: 'role' }")
    let database = try form.database()
    let store = database.store
    #expect(try store.history(ofOrganization: "org_1", before: nil, limit: 9)?.memberships.rows == [])
    #expect(try store.history(ofUser: "user_1", before: nil, limit: 9)?.memberships.rows == [])
  }

  @Test func `The times of a membership are in milliseconds`() throws {
    let form = Form(
      testDescription: "", schema: "(id TEXT PRIMARY KEY, team, person, role, made, changed)",
      mapping: """
        key: { id: 'id' }, columns: { \(Form.ids), changed: { now: 'iso' } },
        insert: { made: { from: 'created_at', as: 's' } }
        """)
    let database = try form.database(filled: false)
    try database.executeText(
      "INSERT INTO members VALUES ('orgmem_1', 'org_1', 'user_1', '', 1700000000, '2023-11-14T22:13:20.123Z')"
    )
    let membership = try database.store.history(ofUser: "user_1", before: nil, limit: 9)?.memberships.rows
      .first
    #expect(membership?.createdAt == 1_700_000_000_000)
    #expect(membership?.updatedAt == 1_700_000_000_123)
  }
}
