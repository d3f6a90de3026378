import TestSupport
import Testing

@testable import ClerkSync

/// None of these may look at all rows, nor sort them, to come to the first.
@Suite struct QueryPlanTests {
  @Test(
    arguments: [
      (UserTable.withID, "SEARCH users USING INDEX sqlite_autoindex_users_1 (id=?"),
      (UserTable.withEmail, "SEARCH users USING INDEX sqlite_autoindex_users_2 (email=?"),
      (UserTable.inOrder, "SEARCH users USING INDEX sqlite_autoindex_users_1 (id>?)"),
      (DeliveryLedger.newestFirst, "SEARCH clerk_sync_deliveries USING INTEGER PRIMARY KEY (rowid<?)"),
      (DeliveryLedger.oldestFirst, "SEARCH clerk_sync_deliveries USING INTEGER PRIMARY KEY (rowid>?)"),
      (DeliveryLedger.atPosition, "SEARCH clerk_sync_deliveries USING INTEGER PRIMARY KEY (rowid=?)"),
      (DeliveryLedger.newest, "SEARCH clerk_sync_deliveries"),
    ] as [(StaticString, String)])
  func `A page is found by its key`(sql: StaticString, step: String) throws {
    let database = try TestDatabase()
    try database.store.prepare()
    let steps = QueryPlan.steps(of: sql, in: database.path)
    #expect(steps.count == 1)
    #expect(steps.first?.hasPrefix(step) == true, "\(steps)")
  }

  @Test func `A page of the figures is found by its key`() throws {
    let database = try TestDatabase()
    try database.store.prepare()
    let steps = QueryPlan.steps(of: Statistics.page, in: database.path)
    #expect(steps.contains("SEARCH clerk_sync_deliveries USING INTEGER PRIMARY KEY (rowid>?)"), "\(steps)")
  }
}
