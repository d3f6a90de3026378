import Foundation
import TestSupport
import Testing

/// Tests of a backfill with webhooks applied before and during it.
@Suite(.programs) struct BackfillOrderTests {
  private static let time = 1_700_000_000_000

  @Test func `A webhook newer than the backfill wins, and deleted users stay deleted`() throws {
    let site = try SyncingSite(.init(count: 4000))
    let handler = try Handler(in: site.folder)
    _ = eventually { (try? handler.isHealthy()) == true }
    let process = try site.start("backfill", upToPage: 3)
    // During the backfill, half of the webhooks change users already written, half users of later pages.
    let numbers = Array(stride(from: 0, to: 4000, by: 20))
    site.clerk.settings.hold = nil
    try inThreads(4) { thread in
      for index in numbers.indices where index % 4 == thread {
        let number = numbers[index]
        let body =
          switch number / 20 % 3 {
          case 0: Self.update(number, name: "New", at: Self.time + number + 1)
          case 1: Payload.deleted(id: ClerkServer.user(number).id, timestamp: Self.time + number)
          default: Self.update(number, name: "Old", at: Self.time + number - 1)
          }
        let status = try handler.answer(SignedDelivery(body))?.status
        #expect(status == 200)
      }
    }
    #expect(process.exitStatus() == 0, "\(site.errors)")
    let changed = numbers.filter { $0 / 20 % 3 == 0 }.map { number in
      var user = ClerkServer.user(number)
      user.firstName = "New"
      return user
    }
    let deleted = Set(numbers.filter { $0 / 20 % 3 == 1 })
    #expect(try site.differences(4000, changed: changed, without: deleted).isEmpty)
    #expect(try site.run("backfill").output.contains("\(deleted.count)  not written, deleted here"))
    #expect(try site.differences(4000, changed: changed, without: deleted).isEmpty)
    let entries = try site.database.rows("SELECT count(*) FROM clerk_sync_deliveries")
    #expect(entries == [["\(numbers.count)"]])
  }

  @Test func `Only differing users are written`() throws {
    let site = try SyncingSite(.init(count: 600))
    #expect(try site.run("backfill").status == 0)
    try site.database.execute(
      "UPDATE users SET updatedAt = 7", "UPDATE users SET firstName = 'Eve' WHERE id = 'user_0000003'")
    let command = try site.run("backfill")
    #expect(command.output.contains("  1  updated"))
    #expect(command.output.contains("599  unchanged"))
    #expect(try site.database.rows("SELECT id FROM users WHERE updatedAt <> 7") == [["user_0000003"]])
    #expect(try site.differences(600).isEmpty)
  }

  @Test func `A chain of users who exchange addresses is resolved`() throws {
    let site = try SyncingSite(.init(count: 1200))
    #expect(try site.run("backfill").status == 0)
    try site.database.execute(
      "UPDATE users SET email = 'user_0001199@example.org.' WHERE id = 'user_0001199'",
      "UPDATE users SET email = 'user_0000002@example.org.' WHERE id = 'user_0000002'",
      "UPDATE users SET email = 'user_0000002@example.org' WHERE id = 'user_0001199'",
      "UPDATE users SET email = 'user_0000001@example.org.' WHERE id = 'user_0000001'",
      "UPDATE users SET email = 'user_0000001@example.org' WHERE id = 'user_0000002'")
    // The first page has two conflicts, which the resumed run still knows.
    let process = try site.start("backfill", upToPage: 2)
    process.send(SIGINT)
    #expect(process.exitStatus() == 1)
    site.clerk.settings.hold = nil
    let command = try site.run("backfill")
    #expect(command.status == 0)
    #expect(try site.differences(1200).isEmpty)
  }

  @Test(
    arguments: [
      (
        "SELECT 1",
        "its e-mail address is stored in a row that was never Clerk's: match in the mapping can adopt it"
      ),
      (
        "INSERT INTO clerk_sync_versions VALUES ('user_9', 1, 1, NULL, NULL)",
        "its e-mail address is stored for another user"
      ),
    ] as [(StaticString, String)])
  func `An address stored in another row is reported by id only`(version: StaticString, reason: String) throws
  {
    let site = try SyncingSite(.init(count: 10))
    try site.folder.write("", to: "app.db")
    #expect(try Command.run(["init", "--database", "app.db"], in: site.folder).status == 0)
    try site.database.execute(
      """
      INSERT INTO users (id, email, firstName, lastName, createdAt, updatedAt)
      VALUES ('user_9', 'user_0000004@example.org', '', '', 1, 1)
      """, version)
    let command = try site.run("backfill")
    #expect(command.status == 1)
    #expect(command.output.contains("user_0000004  \(reason)\n"), "\(command.output)")
    #expect(!command.output.contains("@") && !command.errors.contains("@"))
    #expect(command.output.contains("9  created"))
  }

  private static func update(_ number: Int, name: String, at time: Int) -> String {
    let user = ClerkServer.user(number)
    return Payload.user(
      "user.updated", id: user.id, email: user.email, firstName: name, lastName: user.lastName,
      role: user.role,
      updatedAt: time)
  }
}
