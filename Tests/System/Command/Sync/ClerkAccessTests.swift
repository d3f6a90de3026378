import Foundation
import TestSupport
import Testing

/// Tests of `backfill` and `reconcile` without access to Clerk.
@Suite(.waits) struct ClerkAccessTests {
  private let site: SyncingSite

  init() throws {
    site = try SyncingSite(.init(count: 3))
    _ = try Command.run(["init", "--database", "app.db"], in: site.folder)
  }

  @Test(arguments: [["backfill"], ["reconcile"], ["pull", "user_1"]])
  func `A missing, invalid or rejected key is reported and never printed`(command: [String]) throws {
    for (key, message) in [
      ("", "CLERK_SECRET_KEY is not set: expected a secret key of Clerk's Backend API"),
      ("pk_test_Q2xlcms", "CLERK_SECRET_KEY is not a secret key of Clerk's Backend API"),
      ("sk_test_two\u{20}words", "CLERK_SECRET_KEY is not a secret key of Clerk's Backend API"),
      ("sk_test_another", "\(site.clerk.url) rejected the key (HTTP 401): check CLERK_SECRET_KEY"),
    ] {
      let run = try site.run(command[0], options: Array(command.dropFirst()), key: key)
      #expect(run.status == 78)
      #expect(run.output.isEmpty)
      #expect(run.errors.hasPrefix("clerk-sync: \(message)"), "\(run.errors)")
      #expect(run.errors.split(separator: "\n").count == 1)
      #expect(key.isEmpty || !run.errors.contains(key))
    }
  }

  @Test func `The key can be in a file`() throws {
    try site.folder.write("\(ClerkServer.key)\n", to: "key")
    for (file, status) in [("key", Int32(0)), ("none", 78)] {
      let run = try Command.run(
        ["backfill", "--database", "app.db", "--api-url", "\(site.clerk.url)/"],
        environment: ["CLERK_SECRET_KEY_FILE": file], in: site.folder)
      #expect(run.status == status)
      #expect(!(run.output + run.errors).contains(ClerkServer.key))
    }
  }

  @Test(arguments: ["backfill", "reconcile"])
  func `An unreachable server is tried six times`(command: String) throws {
    let run = try site.run(command, "--api-url", "http://127.0.0.1:9")
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    let lines = run.errors.split(separator: "\n")
    #expect(lines.count == 6)
    #expect(lines.last?.hasPrefix("clerk-sync: no answer from http://127.0.0.1:9 after 6 attempts: ") == true)
    #expect(lines.last?.hasSuffix("; try again later") == true)
    #expect(!run.errors.contains(ClerkServer.key))
  }

  @Test(arguments: [
    ["backfill", "--api-url", "api.clerk.com"], ["backfill", "--api-url", "http://api.clerk.com"],
    ["backfill", "--api-url", "https://a:b@api.clerk.com"], ["backfill", "--file"],
    ["backfill", "--database"],
    ["backfill", "--restart", "yes"], ["backfill", "--env-file"],
    ["reconcile", "--api-url", "ftp://api.clerk.com"],
    ["reconcile", "--apply", "--force-deletes", "many"], ["reconcile", "--apply", "--force-deletes", "-1"],
    ["reconcile", "--force-deletes", "3"], ["reconcile", "--file"], ["reconcile", "--json", "x"], ["pull"],
    ["pull", "x"],
    ["reconcile", "--entity", "team"],
  ])
  func `Invalid arguments are reported in one line`(arguments: [String]) throws {
    let run = try Command.run(arguments, in: site.folder)
    #expect(run.status == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    #expect(run.errors.hasPrefix("clerk-sync: "))
  }
}
