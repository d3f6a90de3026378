import SQLite
import Testing

@testable import ClerkSync

@Suite struct MappingFileTests {
  @Test(arguments: [
    Mistake(
      "not closed", "{ user: {\n table: 'a' }", "the end of the file: expected JSON5, as in conf/tables.json5"
    ),
    Mistake("empty", "", "line 1: expected JSON5, as in conf/tables.json5"),
    Mistake("no comma", "{\n // '{' is\n user: {\n table: 'a'\n key: {} } }", "line 5: expected JSON5"),
    Mistake("two commas", "{ user: {\n table: '\\'{',,\n key: {} } }", "line 2: expected JSON5"),
    Mistake("a text over two lines", "{ user: { table: 'a\n' } }", "user.table: expected a JSON5 value"),
    Mistake(
      "a list", "[]",
      "expected an object with user, organization, organizationMembership, organizationInvitation"),
    Mistake(
      "an unknown entity", "{ users: {} }",
      "users: expected one of user, organization, organizationMembership, organizationInvitation in place of this name"
    ),
    Mistake(
      "no table", "{ user: { key: { id: 'id' } } }", "user: expected a member table, the name of a table"),
    Mistake(
      "a table without a name", "{ user: { table: '', key: { id: 'id' } } }",
      "user.table: expected the name of a table"),
    Mistake(
      "a table with a NUL", #"{ user: { table: 'a\u0000b', key: { id: 'id' } } }"#,
      "user.table: expected a JSON5 value"),
    Mistake(
      "a misspelt member", "{ user: { table: 'users', key: { id: 'id' }, colums: {} } }",
      "user.colums: expected one of table, key, columns, insert, match, onDelete, withoutEmail in place of this name"
    ),
    Mistake(
      "no key", "{ user: { table: 'users' } }", #"user: expected a member key, such as { clerk_id: "id" }"#),
    Mistake(
      "an empty key", user("key: {}"),
      #"user.key: expected one column that holds Clerk's id, such as { clerk_id: "id" }"#),
    Mistake(
      "a key that can change", user("key: { email: 'email' }"),
      #"user.key.email: expected "id", Clerk's id, or { value: … }"#),
    Mistake(
      "a key with a fallback", user("key: { id: { from: 'id', else: 'x' } }"),
      "user.key.id: expected no else, oneOf, as or absent in a key, which never changes"),
    Mistake(
      "the key of a membership in a role",
      "{ organizationMembership: { table: 'members', key: { role: 'role' } } }",
      #"organizationMembership.key.role: expected "id", "organization.id", "public_user_data.user_id" or { value: … }"#
    ),
    Mistake(
      "half a pair as a key",
      "{ organizationMembership: { table: 'members', key: { org: 'organization.id' } } }",
      "organizationMembership.key: expected one column that holds Clerk's id, such as { clerk_id: \"id\" }, or a column "
        + "for each of organization.id and public_user_data.user_id"),
    Mistake(
      "a pair as a user's key", user("key: { org: 'organization.id', user: 'public_user_data.user_id' }"),
      #"user.key.org: expected "id", Clerk's id, or { value: … }"#),
    Mistake(
      "two ids", user("key: { a: 'id', b: 'id' }"),
      #"user.key: expected one column that holds Clerk's id, such as { clerk_id: "id" }"#),
    Mistake(
      "a column that is a number", user("columns: { email: 7 }"),
      #"user.columns.email: expected a path such as "email", or an object with from, now, value or lookup"#),
    Mistake(
      "a path with an empty name", user("columns: { role: 'public_metadata..role' }"),
      "user.columns.role: expected names with a dot between each two"),
    Mistake(
      "no source", user("columns: { email: { else: '' } }"),
      "user.columns.email: expected exactly one of from, now, value, lookup"),
    Mistake(
      "two sources", user("columns: { email: { from: 'email', now: 'ms' } }"),
      "user.columns.email: expected exactly one of from, now, value, lookup"),
    Mistake(
      "a rule for a constant", user("columns: { role: { value: 'x', oneOf: ['x'] } }"),
      "user.columns.role.oneOf: expected no oneOf beside value"),
    Mistake(
      "an unknown format", user("columns: { at: { now: 'us' } }"),
      #"user.columns.at.now: expected one of "ms", "s", "iso", "datetime""#),
    Mistake(
      "an unknown format of Clerk's time", user("columns: { at: { from: 'updated_at', as: 'ISO' } }"),
      #"user.columns.at.as: expected one of "ms", "s", "iso", "datetime""#),
    Mistake(
      "an empty oneOf", user("columns: { role: { from: 'public_metadata.role', oneOf: [] } }"),
      "user.columns.role.oneOf: expected a list of texts"),
    Mistake(
      "a number in oneOf", user("columns: { role: { from: 'public_metadata.role', oneOf: ['a', 1] } }"),
      "user.columns.role.oneOf: expected a list of texts"),
    Mistake(
      "an object as else", user("columns: { role: { from: 'public_metadata.role', else: {} } }"),
      "user.columns.role.else: expected a text, a number, true, false or null"),
    Mistake(
      "an unknown absent", user("columns: { phone: { from: 'phone', absent: 'null' } }"),
      #"user.columns.phone.absent: expected "keep""#),
    Mistake(
      "absent beside else", user("columns: { phone: { from: 'phone', absent: 'keep', else: '' } }"),
      "user.columns.phone.absent: expected no absent beside else"),
    Mistake(
      "a role that users can write", user("columns: { role: 'unsafe_metadata.role' }"),
      "user.columns.role: expected a path outside unsafe_metadata, which users themselves can write"),
    Mistake(
      "a choice that users can write",
      user("columns: { plan: { from: 'unsafe_metadata.plan', oneOf: ['a'] } }"),
      "user.columns.plan.from: expected a path outside unsafe_metadata, which users themselves can write"),
    Mistake(
      "a column twice", user("columns: { Email: 'email' }, insert: { email: { value: '' } }"),
      "user.insert.email: expected a column that occurs only once in key, columns and insert"),
    Mistake(
      "a match by a constant", user("match: { email: { value: 'x' } }"),
      #"user.match.email: expected the path of a field, such as "email""#),
    Mistake(
      "an unknown withoutEmail", user("withoutEmail: 'ignore'"),
      #"user.withoutEmail: expected "refuse", "null" or a text with {id}, such as "{id}@no-email.invalid""#),
    Mistake(
      "an unknown onDelete", user("onDelete: 'keep'"), #"user.onDelete: expected "delete" or { set: { … } }"#),
    Mistake(
      "a deletion that sets nothing", user("onDelete: { set: {} }"),
      "user.onDelete.set: expected at least one column"),
    Mistake(
      "a deletion by a path", user("onDelete: { set: { email: 'email' } }"),
      "user.onDelete.set.email: expected { now: … } or { value: … }"),
    Mistake(
      "an incomplete lookup", user("columns: { org: { lookup: { table: 'orgs' } } }"),
      "user.columns.org.lookup: expected an object such as { table: \"users\", where: { clerk_id: \"id\" }, take: \"id\" }"
    ),
    Mistake(
      "a lookup by two columns",
      user("columns: { org: { lookup: { table: 'orgs', where: { a: 'id', b: 'id' }, take: 'id' } } }"),
      "user.columns.org.lookup: expected one column in where"),
    Mistake(
      "withoutEmail of an organization",
      "{ organization: { table: 'orgs', key: { id: 'id' }, withoutEmail: 'null' } }",
      "organization.withoutEmail: expected one of table, key, columns, insert, match, onDelete in place of this name"
    ),
  ])
  func `A mistake is reported with its place and what was expected`(mistake: Mistake) {
    let error = #expect(throws: MappingError.self) { try Mapping(json5: mistake.json5) }
    #expect(error?.description.hasPrefix(mistake.message) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func `A file can leave out every entity`() throws {
    let mapping = try Mapping(json5: "{}")
    #expect(try UserEvent().decode(mapping).change == nil)
  }

  private static func user(_ members: String) -> String {
    let key = members.hasPrefix("key:") ? "" : "key: { id: 'id' }, "
    return "{ user: { table: 'users', \(key)\(members) } }"
  }

  struct Mistake: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let json5: String
    let message: String

    init(_ name: String, _ json5: String, _ message: String) {
      (testDescription, self.json5, self.message) = (name, json5, message)
    }
  }
}
