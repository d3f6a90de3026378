import Foundation
import TestSupport
import Testing

/// Tests of `reconcile` during webhooks, and of its memory.
@Suite(.programs) struct ReconcileRaceTests {
  @Test func `A change during the comparison is not a drift, and is kept`() throws {
    let site = try SyncingSite(.init(count: 1200))
    #expect(try site.run("backfill").status == 0)
    let handler = try Handler(in: site.folder)
    let isHealthy = eventually { (try? handler.isHealthy()) == true }
    #expect(isHealthy)
    let now = Int(Date.now.timeIntervalSince1970 * 1000)

    // The first of three pages has been compared.
    let process = try site.start("reconcile", upToPage: 2, ["--apply"])
    let created = ClerkServer.user(9_999_999)
    var renamed = ClerkServer.user(700)
    renamed.firstName = "New"
    for (user, type) in [(created, "user.created"), (renamed, "user.updated")] {
      let body = Payload.user(
        type, id: user.id, email: user.email, firstName: user.firstName, lastName: user.lastName,
        role: user.role, updatedAt: now)
      #expect(try handler.answer(SignedDelivery(body))?.status == 200)
    }
    let deletion = Payload.deleted(id: ClerkServer.user(800).id, timestamp: now)
    #expect(try handler.answer(SignedDelivery(deletion))?.status == 200)
    // Clerk has changed another user, whose webhook has not arrived yet.
    let changes = ClerkServer.Changes(firstName: "Later", updatedAt: Int64(now) + 60_000)
    site.clerk.settings.changes[ClerkServer.user(900).id] = changes
    site.clerk.settings.hold = nil
    #expect(process.exitStatus() == 0, "\(site.errors)")
    #expect(site.output == "1200 users at Clerk, 1200 rows: 0 missing, 0 different, 0 extra, 0 foreign\n")
    #expect(try site.differences(1200, changed: [renamed, created], without: [800]).isEmpty)
  }

  @Test func `A difference that a webhook resolves is not reported`() throws {
    let site = try SyncingSite(.init(count: 1200))
    #expect(try site.run("backfill").status == 0)
    try site.database.execute("UPDATE users SET firstName = 'Eve' WHERE id = 'user_0000005'")
    let process = try site.start("reconcile", upToPage: 3)
    try site.database.execute("UPDATE users SET firstName = 'Ada' WHERE id = 'user_0000005'")
    site.clerk.settings.hold = nil
    #expect(process.exitStatus() == 0)
    #expect(site.output.hasSuffix("0 missing, 0 different, 0 extra, 0 foreign\n"))
  }

  @Test func `50,000 users are compared with the memory for 5,000`() throws {
    var memory: [Int] = []
    for count in [5000, 50_000] {
      let site = try SyncingSite(.init(count: count))
      #expect(try site.run("backfill").status == 0)
      let process = try site.start("reconcile", upToPage: count / 500 + 1)
      memory.append(try process.peakMemory)
      site.clerk.settings.hold = nil
      #expect(process.exitStatus() == 0)
    }
    #expect(Double(memory[1]) < 1.3 * Double(memory[0]), "\(memory)")
  }
}
