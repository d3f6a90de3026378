import SQLite
import TestSupport
import Testing

@testable import ClerkSync

/// No query may scan or sort a whole table to return its first row.
@Suite struct QueryPlanTests {
  @Test(
    arguments: [
      (Event.Change.users.withID, "SEARCH users USING INDEX sqlite_autoindex_users_1 (id=?"),
      (Event.Change.users.withEmail, "SEARCH users USING INDEX sqlite_autoindex_users_2 (email=?"),
      (Event.Change.users.inOrder, "SEARCH users USING INDEX sqlite_autoindex_users_1 (id>?)"),
      (
        DeliveryLedger.newestFirst,
        "SEARCH clerk_sync_deliveries USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"
      ),
      (DeliveryLedger.nextFrom, "SEARCH clerk_sync_deliveries USING INTEGER PRIMARY KEY (rowid>?)"),
      (Event.Change.users.idRange, "SEARCH users USING INDEX sqlite_autoindex_users_1 (id>? AND id<?)"),
      (DeliveryLedger.oldestFirst, "SEARCH clerk_sync_deliveries USING INTEGER PRIMARY KEY (rowid>?)"),
      (DeliveryLedger.atPosition, "SEARCH clerk_sync_deliveries USING INTEGER PRIMARY KEY (rowid=?)"),
      (DeliveryLedger.newest, "SEARCH clerk_sync_deliveries"),
    ] as [(SQL, String)])
  func `A page is found by key`(sql: SQL, step: String) throws {
    let database = try TestDatabase()
    try database.store.prepare()
    let steps = QueryPlan.steps(of: sql.description, in: database.path)
    #expect(steps.count == 1)
    #expect(steps.first?.hasPrefix(step) == true, "\(steps)")
  }

  @Test func `A page of the statistics is found by key`() throws {
    let database = try TestDatabase()
    try database.store.prepare()
    let steps = QueryPlan.steps(of: Statistics.page.description, in: database.path)
    #expect(steps.contains("SEARCH clerk_sync_deliveries USING INTEGER PRIMARY KEY (rowid>?)"), "\(steps)")
  }

  @Test(
    arguments: [
      Event.Change.users.addressRange, DeliveryLedger.lastAttempt, DeliveryLedger.newestFailed,
      DeliveryLedger.failureCount, DeliveryLedger.newestRefused, DeliveryLedger.refusalCount,
      DeliveryLedger.refusalsOfObject,
      DeliveryCounts.totals,
      DeliveryCounts.series,
    ] as [SQL])
  func `No query of the console scans a whole table`(sql: SQL) throws {
    let database = try TestDatabase()
    try database.store.prepare()
    let steps = QueryPlan.steps(of: sql.description, in: database.path)
    #expect(!steps.isEmpty)
    // The scans allowed: the last hundred entries, the rows of a subquery, and the index of failures.
    let small = [
      "SCAN (subquery", "SCAN clerk_sync_deliveries USING INDEX clerk_sync_unapplied",
      "SCAN clerk_sync_deliveries USING COVERING INDEX clerk_sync_unapplied",
    ]
    for step in steps where step.hasPrefix("SCAN") && !small.contains(where: step.hasPrefix) {
      #expect(
        sql.description == DeliveryLedger.lastAttempt.description && step == "SCAN clerk_sync_deliveries",
        "\(steps)")
    }
  }
}
