import Foundation
import TestSupport
import Testing

@Suite(.programs) struct ReconcileTests {
  /// A site with this many users, whose table equals Clerk.
  private func site(_ count: Int) throws -> SyncingSite {
    let site = try SyncingSite(.init(count: count))
    try #require(site.run("backfill").status == 0)
    return site
  }

  @Test func `Equal tables need no repair`() throws {
    let site = try site(700)
    let command = try site.run("reconcile", "--apply")
    #expect(command.status == 0)
    #expect(command.output == "700 users at Clerk, 700 rows: 0 missing, 0 different, 0 extra, 0 foreign\n")
    #expect(command.errors.isEmpty)
  }

  @Test func `Missing, different and extra users are listed, and repaired with --apply`() throws {
    let site = try site(700)
    try site.database.execute(
      "DELETE FROM users WHERE id = 'user_0000600'",
      "UPDATE users SET email = 'old@example.org', role = 'admin' WHERE id = 'user_0000002'",
      """
      INSERT INTO users (id, email, firstName, lastName, createdAt, updatedAt)
      VALUES ('user_extra', 'user_0000600@example.org', '', '', 1, 1)
      """,
      "INSERT INTO clerk_sync_versions VALUES ('user_extra', 1, 1, NULL, NULL)")
    for _ in 1...2 {
      let dry = try site.run("reconcile")
      #expect(dry.status == 1)
      #expect(
        dry.lines == [
          "drift      user          columns",
          "different  user_0000002  email,role",
          "missing    user_0000600  -",
          "extra      user_extra    -",
          "700 users at Clerk, 700 rows: 1 missing, 1 different, 1 extra, 0 foreign",
        ])
      #expect(try site.differences(700).count == 4)
    }
    let json = try site.run("reconcile", "--json")
    #expect(json.status == 1)
    #expect(
      json.lines == [
        #"{"columns":["email","role"],"entity":"user","id":"user_0000002","kind":"different","user":"user_0000002"}"#,
        #"{"columns":[],"entity":"user","id":"user_0000600","kind":"missing","user":"user_0000600"}"#,
        #"{"columns":[],"entity":"user","id":"user_extra","kind":"extra","user":"user_extra"}"#,
        #"{"atClerk":700,"different":1,"entity":"user","extra":1,"foreign":0,"missing":1,"rows":700,"rowsWithoutID":0,"unusable":0}"#,
      ])
    let repair = try site.run("reconcile", "--apply")
    #expect(repair.status == 0)
    #expect(repair.lines.count { $0.hasSuffix("  done") } == 3)
    #expect(try site.differences(700).isEmpty)
    let tombstones = try site.database.rows("SELECT object_id FROM clerk_sync_versions WHERE deleted > 0")
    #expect(tombstones == [["user_extra"]])
    #expect(try site.run("reconcile").status == 0)
    #expect(!(json.output + repair.output + repair.errors).contains("@"))
  }

  @Test func `Before a deletion, the API is asked for the user`() throws {
    let site = try site(1000)
    site.clerk.settings.faults = ["\(site.clerk.pages + 2)": "lose"]
    let command = try site.run("reconcile", "--apply")
    #expect(command.status == 1)
    #expect(command.output.contains("extra  user_0000500  -        kept: Clerk has this user"))
    #expect(site.clerk.requests.last == "/v1/users/user_0000500")
    #expect(try site.differences(1000).isEmpty)
  }

  @Test func `A file is compared like the API`() throws {
    let site = try site(3)
    let file = (0..<2).map { number in
      let user = ClerkServer.user(number)
      return """
        {"id":"\(user.id)","first_name":"Eve","last_name":"\(user.lastName)","primary_email_address_id":"a",\
        "email_addresses":[{"id":"a","email_address":"\(user.email)"}],\
        "public_metadata":{"role":"\(user.role)"},"updated_at":\(1_700_000_000_000 + number * 2)}
        """
    }
    let command = try site.run(
      "reconcile", "--json", "--file", "-", standardInput: file.joined(separator: "\n"))
    #expect(
      command.lines.dropLast() == [
        #"{"columns":["firstName"],"entity":"user","id":"user_0000000","kind":"different","user":"user_0000000"}"#,
        #"{"columns":["firstName"],"entity":"user","id":"user_0000001","kind":"different","user":"user_0000001"}"#,
        #"{"columns":[],"entity":"user","id":"user_0000002","kind":"extra","user":"user_0000002"}"#,
      ])
  }
}
