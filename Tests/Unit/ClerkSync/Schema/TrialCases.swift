import Testing

/// A table of users that the trial refuses, beside the mapping of its columns.
struct TrialCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// A CREATE TABLE statement without its first words.
  let schema: String
  var mapping = "key: { id: 'id' }, columns: { email: 'email' }"
  let column: String?
  let what: String
  let remedy: String
}

enum TrialCases {
  static let all = [
    TrialCase(
      testDescription: "a required column that no rule writes",
      schema: "users (id TEXT PRIMARY KEY, email, username TEXT NOT NULL)", column: "username",
      what: "users.username is NOT NULL without a default, and the mapping does not write it",
      remedy: "add a rule to insert, such as username: { value: \"\" }, or give it a default"),
    TrialCase(
      testDescription: "a required number that no rule writes",
      schema: "users (id TEXT PRIMARY KEY, email, visits INTEGER NOT NULL)", column: "visits",
      what: "users.visits is NOT NULL without a default",
      remedy: "such as visits: { value: 0 }"),
    TrialCase(
      testDescription: "a required column with a rule for NULL",
      schema: "users (id TEXT PRIMARY KEY, email, phone TEXT NOT NULL)",
      mapping: "key: { id: 'id' }, insert: { phone: { value: null } }", column: "phone",
      what: "users.phone is NOT NULL, and the mapping writes NULL", remedy: "write another value in its rule"),
    TrialCase(
      testDescription: "a required column with a fallback that is NULL",
      schema: "users (id TEXT PRIMARY KEY, name TEXT NOT NULL)",
      mapping: "key: { id: 'id' }, columns: { name: { from: 'first_name', else: null } }", column: "name",
      what: "users.name is NOT NULL, and first_name can be null", remedy: "such as else: \"\""),
    TrialCase(
      testDescription: "a required address that may be missing",
      schema: "users (id TEXT PRIMARY KEY, email TEXT NOT NULL)",
      mapping: "key: { id: 'id' }, columns: { email: 'email' }, withoutEmail: 'null'", column: "email",
      what: "users.email is NOT NULL, and email can be null", remedy: "set withoutEmail to \"refuse\""),
    TrialCase(
      testDescription: "a role that the CHECK does not list",
      schema: "users (id TEXT PRIMARY KEY, role TEXT CHECK (role IN ('USER', 'ADMIN')))",
      mapping: """
        key: { id: 'id' }, columns: { role: { from: 'public_metadata.role', oneOf: ['USER', 'owner', 'ADMIN'],
          else: 'USER' } }
        """, column: "role",
      what: "users.role permits only USER, ADMIN, and the mapping writes \"owner\"",
      remedy: "name only permitted ones in oneOf and else"),
    TrialCase(
      testDescription: "a fallback that the CHECK does not list",
      schema: "users (id TEXT PRIMARY KEY, role TEXT CHECK (role IN ('USER', 'ADMIN')))",
      mapping:
        "key: { id: 'id' }, columns: { role: { from: 'public_metadata.role', oneOf: ['USER'], else: 'none' } }",
      column: "role", what: "the mapping writes \"none\"", remedy: "name only permitted ones"),
    TrialCase(
      testDescription: "a role that a CHECK of another form refuses",
      schema: "users (id TEXT PRIMARY KEY, role TEXT CONSTRAINT known CHECK (role LIKE 'U%'))",
      mapping:
        "key: { id: 'id' }, columns: { role: { from: 'public_metadata.role', oneOf: ['USER', 'admin'], else: 'USER' } }",
      column: nil, what: "an insert with role \"admin\" fails: CHECK constraint failed: known",
      remedy: "name only permitted ones"),
    TrialCase(
      testDescription: "a value that the CHECK does not list",
      schema: "users (id TEXT PRIMARY KEY, plan TEXT CHECK (plan IN ('free')))",
      mapping: "key: { id: 'id' }, insert: { plan: { value: 'paid' } }", column: "plan",
      what: "users.plan permits only free, and the mapping writes \"paid\"", remedy: "change the rule"),
    TrialCase(
      testDescription: "an integer key", schema: "users (id INTEGER PRIMARY KEY, email)", column: "id",
      what: "users.id is an integer, and the mapping writes a text",
      remedy: "Clerk's ids are texts: map key to a column for them, such as clerk_id TEXT UNIQUE"),
    TrialCase(
      testDescription: "a key of another type in a STRICT table",
      schema: "users (id INT PRIMARY KEY, email TEXT) STRICT", column: "id",
      what: "cannot store TEXT value in INT column users.id", remedy: "Clerk's ids are texts"),
    TrialCase(
      testDescription: "a time of another type in a STRICT table",
      schema: "users (id TEXT PRIMARY KEY, email TEXT, updated INTEGER) STRICT",
      mapping: "key: { id: 'id' }, columns: { updated: { now: 'iso' } }", column: "updated",
      what: "cannot store TEXT value in INTEGER column users.updated",
      remedy: "choose a field or a format of that type"),
    TrialCase(
      testDescription: "a foreign key",
      schema:
        "teams (id INTEGER PRIMARY KEY); CREATE TABLE users (id TEXT PRIMARY KEY, team INTEGER REFERENCES teams)",
      mapping: "key: { id: 'id' }, insert: { team: { value: 1 } }", column: "team",
      what: "users.team references teams, and the mapping writes a value that no row there has",
      remedy: "find the row with a lookup"),
    TrialCase(
      testDescription: "a deferred foreign key of a table without rowid",
      schema: """
        teams (id TEXT PRIMARY KEY); CREATE TABLE users (id TEXT PRIMARY KEY, team TEXT REFERENCES teams
          DEFERRABLE INITIALLY DEFERRED) WITHOUT ROWID
        """,
      mapping: "key: { id: 'id' }, columns: { team: { value: 'x' } }",
      column: "team", what: "users.team references teams", remedy: "find the row with a lookup"),
    TrialCase(
      testDescription: "a foreign key of a row that a trigger makes",
      schema: """
        logs (user TEXT REFERENCES users); CREATE TABLE users (id TEXT PRIMARY KEY, email);
        CREATE TRIGGER log AFTER INSERT ON users BEGIN INSERT INTO logs VALUES (new.id); END
        """, column: nil, what: "users: a deletion violates a foreign key of another table",
      remedy: "declare the foreign key ON DELETE CASCADE"),
    TrialCase(
      testDescription: "a view",
      schema: "people (id TEXT PRIMARY KEY, email); CREATE VIEW users AS SELECT * FROM people", column: nil,
      what: "users is a view", remedy: "map the table behind it"),
    TrialCase(
      testDescription: "a table that does not exist", schema: "people (id TEXT PRIMARY KEY)", column: nil,
      what: "there is no table users; there are people", remedy: "correct the name in the mapping"),
    TrialCase(
      testDescription: "columns that do not exist", schema: "users (id TEXT PRIMARY KEY, mail TEXT)",
      mapping: """
        key: { id: 'id' }, columns: { email: 'email' }, match: { clerk: 'email' },
          onDelete: { set: { gone: { value: 1 } } }
        """, column: nil,
      what: "users has no column email, clerk, gone; it has id, mail", remedy: "correct the name"),
    TrialCase(
      testDescription: "a lookup in a table that does not exist",
      schema: "users (id TEXT PRIMARY KEY, org INTEGER)",
      mapping:
        "key: { id: 'id' }, columns: { org: { lookup: { table: 'orgs', where: { a: 'b' }, take: 'c' } } }",
      column: "org", what: "users.org: its lookup names the table orgs, which does not exist",
      remedy: "correct the name"),
    TrialCase(
      testDescription: "a lookup of a column that does not exist",
      schema: "orgs (id TEXT); CREATE TABLE users (id TEXT PRIMARY KEY, org INTEGER)",
      mapping:
        "key: { id: 'id' }, columns: { org: { lookup: { table: 'orgs', where: { id: 'b' }, take: 'c' } } }",
      column: "org", what: "users.org: its lookup names orgs.c, which does not exist; orgs has id",
      remedy: "correct the name"),
    TrialCase(
      testDescription: "a key without a unique index", schema: "users (id INTEGER PRIMARY KEY, \"a b\" TEXT)",
      mapping: "key: { 'a b': 'id' }", column: "a b",
      what: "users has no unique index on a b, the key of the mapping",
      remedy: "CREATE UNIQUE INDEX `users_a b_unique` ON `users` (`a b`)"),
    TrialCase(
      testDescription: "a trigger that refuses",
      schema: """
        users (id TEXT PRIMARY KEY, email); CREATE TRIGGER guard BEFORE UPDATE ON users
        BEGIN SELECT raise(ABORT, 'secret'); END
        """, column: nil, what: "users: a trigger refuses an update: guard", remedy: "change the trigger"),
    TrialCase(
      testDescription: "a trigger that rolls the transaction back",
      schema: """
        users (id TEXT PRIMARY KEY, email); CREATE TRIGGER guard BEFORE INSERT ON users
        BEGIN SELECT raise(ROLLBACK, 'secret'); END
        """, column: nil, what: "users: a trigger refuses an insert: guard", remedy: "change the trigger"),
    TrialCase(
      testDescription: "a trigger that fails",
      schema: """
        users (id TEXT PRIMARY KEY, email); CREATE TRIGGER log BEFORE DELETE ON users
        BEGIN INSERT INTO gone VALUES (old.email); END
        """, column: nil, what: "users: a deletion fails: no such table: main.gone",
      remedy: "correct the table"),
    TrialCase(
      testDescription: "a value that must be unique",
      schema: "users (id TEXT PRIMARY KEY, code TEXT UNIQUE); INSERT INTO users VALUES ('secret', 'secret')",
      mapping: "key: { id: 'id' }, insert: { code: { value: 'secret' } }", column: "code",
      what: "users.code is unique, and the mapping writes a value that another row has",
      remedy: "such as { value: \"{id}\" }"),
  ]
}
