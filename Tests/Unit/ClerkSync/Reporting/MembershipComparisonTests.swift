import TestSupport
import Testing

@testable import ClerkSync

/// Memberships at Clerk, compared with rows that Clerk's id identifies, or their organization and user.
@Suite struct MembershipComparisonTests {
  /// The columns of the memberships, and how they are mapped.
  struct Form: CustomTestStringConvertible {
    let testDescription: String
    let columns: String
    let key: String
    let others: String

    static let lookups = """
      team: { lookup: { table: 'teams', where: { clerk_id: 'organization.id' }, take: 'id' } },
      person: { lookup: { table: 'people', where: { clerk_id: 'public_user_data.user_id' }, take: 'id' } },
      """
    static let texts = "team: 'organization.id', person: 'public_user_data.user_id',"
  }

  static let byPair = [
    Form(
      testDescription: "a pair of look-ups",
      columns: "team INTEGER, person INTEGER, PRIMARY KEY (team, person)",
      key: Form.lookups, others: ""),
    Form(
      testDescription: "a pair of Clerk's ids", columns: "team TEXT, person TEXT, PRIMARY KEY (team, person)",
      key: Form.texts, others: ""),
  ]
  static let byID = [
    Form(
      testDescription: "Clerk's id and look-ups",
      columns: "clerk_id TEXT PRIMARY KEY, team INTEGER, person INTEGER",
      key: "clerk_id: 'id'", others: Form.lookups)
  ]

  private func database(_ form: Form, onDelete: String = "'delete'") throws -> MappedDatabase {
    let database = try MappedDatabase(
      """
      CREATE TABLE people (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE);
      CREATE TABLE teams (id INTEGER PRIMARY KEY, clerk_id TEXT UNIQUE);
      CREATE TABLE members (role TEXT, gone INTEGER, \(form.columns));
      INSERT INTO people VALUES (7, 'user_1'), (8, 'user_2'), (9, NULL);
      INSERT INTO teams VALUES (3, 'org_1'), (4, 'org_2');
      """,
      """
      { user: { table: 'people', key: { clerk_id: 'id' } },
        organization: { table: 'teams', key: { clerk_id: 'id' } },
        organizationMembership: { table: 'members', key: { \(form.key) },
          columns: { \(form.others) role: 'role' }, onDelete: \(onDelete) } }
      """)
    try database.store.prepare()
    return database
  }

  /// Returns memberships of Clerk's list, each with an id, an organization, a user, a role and a time.
  private func listed(
    _ memberships: (String, String, String, String, Int64)..., in database: MappedDatabase
  ) throws -> [BackendObject] {
    let json = memberships.map { id, organization, user, role, time in
      """
      {"id":"\(id)","organization":{"id":"\(organization)"},"public_user_data":{"user_id":"\(user)"},\
      "role":"\(role)","updated_at":\(time)}
      """
    }
    return try BackendObject.list(
      .organizationMembership, decoding: Array("[\(json.joined(separator: ","))]".utf8),
      mapping: database.mapping
    ).map { try $0.get() }
  }

  private static let time: Int64 = 1_700_000_000_000

  @Test(arguments: byPair + byID)
  func `A membership is compared with its row and its own version`(form: Form) throws {
    let database = try database(form)
    let one = try listed(("orgmem_1", "org_1", "user_1", "a", Self.time), in: database)
    #expect(try database.store.compare(one) == [.missing])
    #expect(try database.store.update(one) == [.success(.applied)])
    #expect(one.map(\.organization) == ["org_1"])
    let others = try listed(
      ("orgmem_1", "org_1", "user_1", "a", Self.time), ("orgmem_1", "org_1", "user_1", "a", Self.time + 1),
      ("orgmem_1", "org_1", "user_1", "b", Self.time + 1),
      ("orgmem_1", "org_1", "user_1", "b", Self.time - 1),
      ("orgmem_2", "org_2", "user_1", "a", Self.time), in: database)
    #expect(
      try database.store.compare(others) == [
        .equal(isRecorded: true), .equal(isRecorded: false), .different(columns: ["role"]), .newer, .missing,
      ])
    try database.store.delete(.organizationMembership, key: one[0].key)
    #expect(try database.store.compare(others).dropLast().allSatisfy { $0 == .deleted })
  }

  @Test(arguments: byPair + byID)
  func `A membership of a deleted user or organization counts as deleted`(form: Form) throws {
    let database = try database(form)
    try database.store.deleteUser(id: "user_1")
    try database.store.delete(.organization, key: "org_2")
    let memberships = try listed(
      ("orgmem_1", "org_1", "user_1", "a", Self.time), ("orgmem_2", "org_2", "user_2", "a", Self.time),
      ("orgmem_3", "org_1", "user_2", "a", Self.time), in: database)
    #expect(try database.store.compare(memberships) == [.deleted, .deleted, .missing])
  }

  @Test(arguments: byPair)
  func `The newest of a pair's memberships counts`(form: Form) throws {
    let database = try database(form)
    let memberships = try listed(
      ("orgmem_2", "org_1", "user_1", "new", Self.time),
      ("orgmem_1", "org_1", "user_1", "old", Self.time - 1),
      in: database)
    #expect(memberships.map(\.key) == ["org_1/user_1", "org_1/user_1"])
    #expect(try database.store.update([memberships[0]]) == [.success(.applied)])
    #expect(try database.store.compare(memberships) == [.equal(isRecorded: true), .newer])
    #expect(try database.store.pair(ofMembership: "orgmem_2") == "org_1/user_1")
    #expect(try database.store.pair(ofMembership: "mem_2") == nil)
  }

  @Test(arguments: byPair + byID)
  func `Unlisted rows have Clerk's ids, and those that were never Clerk's are foreign`(form: Form) throws {
    let database = try database(form)
    let isPair = form.others.isEmpty
    let memberships = try listed(
      ("orgmem_1", "org_1", "user_1", "a", Self.time), ("orgmem_2", "org_2", "user_1", "a", Self.time),
      in: database)
    #expect(try database.store.update(memberships).allSatisfy { (try? $0.get()) == .applied })
    let own = isPair ? "" : ", 'orgmem_own'"
    let (team, person) = form.columns.contains("TEXT, person") ? ("'org_1'", "'user_2'") : ("3", "8")
    try database.executeText(
      "INSERT INTO members (team, person\(isPair ? "" : ", clerk_id")) VALUES (\(team), \(person)\(own))")
    let unlisted = try UnlistedObjects(of: database.store, .organizationMembership)
    #expect(unlisted.rows == 3)
    try unlisted.strike([memberships[0].key])
    #expect(
      try unlisted.remaining() == [
        StoredObject(
          key: isPair ? "org_1/user_2" : "orgmem_2", organization: isPair ? "org_1" : "org_2",
          user: isPair ? "user_2" : "user_1", isForeign: isPair),
        StoredObject(
          key: isPair ? "org_2/user_1" : "orgmem_own", organization: isPair ? "org_2" : "org_1",
          user: isPair ? "user_1" : "user_2", isForeign: !isPair),
      ])
    #expect(try database.store.object(.organizationMembership, key: "org_2/user_1")?.isForeign == false)
    #expect(try database.store.object(.organizationMembership, key: "org_2/user_2") == nil)
  }

  @Test func `A look-up that leads to no id of Clerk's makes a row without one`() throws {
    let database = try database(Self.byPair[0])
    try database.executeText("INSERT INTO members (team, person) VALUES (3, 9), (4, 7)")
    let unlisted = try UnlistedObjects(of: database.store, .organizationMembership)
    #expect(unlisted.rows == 1)
    #expect(unlisted.rowsWithoutID == 1)
    #expect(try unlisted.remaining().map(\.key) == ["org_2/user_1"])
  }

  @Test(arguments: byPair + byID)
  func `Softly deleted memberships are left alone`(form: Form) throws {
    let database = try database(form, onDelete: "{ set: { gone: { value: 1 } } }")
    let memberships = try listed(
      ("orgmem_1", "org_1", "user_1", "a", Self.time), ("orgmem_2", "org_1", "user_2", "a", Self.time),
      ("orgmem_3", "org_2", "user_1", "a", Self.time), in: database)
    #expect(try database.store.update(memberships).count == 3)
    try database.store.delete(.organizationMembership, key: memberships[0].key)
    try database.store.delete(.organizationMembership, key: memberships[1].key)
    // The application has changed a row.
    try database.executeText("UPDATE members SET gone = NULL WHERE rowid = 2")
    #expect(try database.texts("SELECT count(*) FROM members WHERE gone = 1") == ["1"])
    let unlisted = try UnlistedObjects(of: database.store, .organizationMembership)
    #expect(try unlisted.remaining().map(\.key) == [memberships[2].key])
  }
}
