import TestSupport
import Testing

/// Rows that may be the application's own.
@Suite(.programs) struct ForeignRowTests {
  /// A site with 20 users, and two rows that the application inserted.
  private func site() throws -> SyncingSite {
    let site = try SyncingSite(.init(count: 20))
    try #require(site.run("backfill").status == 0)
    try site.database.execute(
      """
      INSERT INTO users (id, email, firstName, lastName, createdAt, updatedAt)
      VALUES ('user_foreign', 'a@example.org', '', '', 1, 1), ('local', 'b@example.org', '', '', 1, 1)
      """)
    return site
  }

  private func ids(_ site: SyncingSite) throws -> [String?] {
    try site.database.rows("SELECT id FROM users WHERE id NOT GLOB 'user_0*' ORDER BY id").map(\.[0])
  }

  @Test(arguments: [[], ["--apply"]])
  func `Foreign rows are listed, and are no difference`(options: [String]) throws {
    let site = try site()
    let command = try site.run("reconcile", options: options)
    #expect(command.status == 0)
    let words = command.lines.map { $0.split(separator: " ").joined(separator: " ") }
    var expected = ["drift user columns", "foreign local -", "foreign user_foreign -"]
    if options == ["--apply"] { expected = zip(expected, ["repair", "kept", "kept"]).map { "\($0) \($1)" } }
    expected.append("20 users at Clerk, 22 rows: 0 missing, 0 different, 0 extra, 2 foreign")
    #expect(words == expected)
    let json = try site.run("reconcile", "--json", options: options)
    #expect(
      json.lines.last
        == #"{"atClerk":20,"different":0,"entity":"user","extra":0,"foreign":2,"missing":0,"rows":22,"rowsWithoutID":0,"unusable":0}"#
    )
    #expect(try ids(site) == ["local", "user_foreign"])
  }

  @Test func `--delete-foreign deletes those with an id of Clerk's, after asking Clerk`() throws {
    let site = try site()
    let command = try site.run("reconcile", "--apply", "--delete-foreign")
    #expect(command.status == 0)
    #expect(command.output.contains("foreign  local         -        kept\n"), "\(command.output)")
    #expect(command.output.contains("foreign  user_foreign  -        done\n"))
    #expect(site.clerk.requests.last == "/v1/users/user_foreign")
    #expect(try ids(site) == ["local"])
  }

  @Test func `--delete-foreign requires --apply`() throws {
    let command = try site().run("reconcile", "--delete-foreign")
    #expect(command.status == 64)
    #expect(command.errors.contains("--delete-foreign requires --apply"))
  }

  /// Of 22 rows, two may be deleted.
  @Test(arguments: [
    (1, [], true), (1, ["--delete-foreign"], true), (2, [], true), (2, ["--delete-foreign"], false),
  ])
  func `The limit on deletions counts the foreign rows that would be deleted`(
    extra: Int, options: [String], isDeleted: Bool
  ) throws {
    let site = try site()
    for number in 0..<extra { site.clerk.settings.changes[ClerkServer.user(number).id] = .some(nil) }
    let command = try site.run("reconcile", "--apply", options: options)
    #expect(command.status == (isDeleted ? 0 : 2), "\(command.errors)")
    #expect(
      isDeleted
        || command.errors.contains("no users were deleted: 3 of 22 rows would be, more than the limit of 2"))
    let rows = try site.database.rows("SELECT count(*) FROM users WHERE id GLOB 'user_0*'")
    #expect(rows == [["\(isDeleted ? 20 - extra : 20)"]])
    #expect(try ids(site).contains("user_foreign") == (options.isEmpty || !isDeleted))
  }

  @Test func `Rows without an id are counted, and softly deleted users are left alone`() throws {
    let site = try SyncingSite(.init(count: 20))
    try ApplicationSchema.create("soft-deletion", at: site.folder.file("app.db"))
    try site.folder.write(ConfigurationFile("tables/soft-deletion.json5").text, to: "tables.json5")
    try site.folder.write("CLERK_SYNC_TABLES=tables.json5", to: "settings")
    try site.database.execute(
      "INSERT INTO users (email, created_at, updated_at) VALUES ('old@example.org', '', '')")
    let options = ["--env-file", "settings"]
    try #require(site.run("backfill", options: options).status == 0)
    for number in [3, 7] { site.clerk.settings.changes[ClerkServer.user(number).id] = .some(nil) }
    let repair = try site.run("reconcile", "--apply", options: options)
    #expect(repair.status == 0)
    #expect(repair.output.contains("extra  user_0000003  -        done"), "\(repair.output)")
    // The tombstone of one has expired. The application has changed the row of the other.
    try site.database.execute(
      "DELETE FROM clerk_sync_versions WHERE object_id = 'user_0000003'",
      "UPDATE users SET deleted_at = NULL WHERE clerk_id = 'user_0000007'")
    for _ in 1...2 {
      let command = try site.run("reconcile", "--apply", "--delete-foreign", options: options)
      #expect(command.status == 0)
      #expect(
        command.output == """
          18 users at Clerk, 18 rows: 0 missing, 0 different, 0 extra, 0 foreign
          rows without an id of Clerk's: 1

          """)
    }
    #expect(
      try site.database.rows("SELECT email FROM users WHERE clerk_id IS NULL") == [["old@example.org"]])
  }

  @Test(arguments: [
    ["backfill", "--entity", "user"], ["reconcile", "--file", "-"], ["pull", "user_1"], ["users"],
  ])
  func `A mapping without users is a fault of the configuration`(command: [String]) throws {
    let folder = try TemporaryFolder(inMemory: true)
    try folder.write(
      "{ organization: { table: 'teams', key: { clerk_id: 'id' }, columns: { name: 'name' } } }",
      to: "tables.json5")
    let result = try Command.run(
      command + ["--database", "app.db"],
      environment: ["CLERK_SYNC_TABLES": "tables.json5", "CLERK_SECRET_KEY": ClerkServer.key], in: folder)
    #expect(result.status == 78)
    #expect(
      result.errors == """
        clerk-sync: tables.json5 has no member user, so no users are stored: add one, which clerk-sync tables suggest can \
        print

        """)
  }
}
