import SQLite
import TestSupport
import Testing

@testable import ClerkSync

@Suite struct ConsumerLagTests {
  @Test func `Pending changes are counted from wherever a consumer begins, and after old ones are gone`()
    throws
  {
    let database = try TestDatabase()
    var options = database.store.options
    options.recordsChanges = true
    let store = UserStore(database: database.path, options: options)
    try store.prepare()
    #expect(try store.consumers().isEmpty)
    for number in 1...5 { _ = try store.apply(Event(.created(.ada("user_\(number)")))) }
    for (name, position) in [("a", 0), ("b", 3), ("c", 5)] as [(String, Int64)] {
      _ = try store.position(ofConsumer: name, from: .start)
      try store.advance(consumer: name, to: position, now: nil)
    }
    #expect(try store.consumers().map(\.pending) == [5, 2, 0])
    #expect(try store.consumers().map { $0.oldestPending == nil } == [false, false, true])

    // As retention removes them, once the slowest consumer has passed them.
    try store.advance(consumer: "a", to: 3, now: nil)
    try database.execute("DELETE FROM clerk_sync_changes WHERE seq <= 3")
    _ = try store.position(ofConsumer: "new", from: .start)
    #expect(try store.consumers().map(\.pending) == [2, 2, 0, 2])
    try database.execute("DELETE FROM clerk_sync_changes")
    #expect(try store.consumers().map(\.pending) == [0, 0, 0, 0])
  }

  @Test func `No change is read to count those that are pending`() throws {
    let database = try TestDatabase()
    try database.store.prepare()
    try ChangeTable.create(on: database.open())
    let steps = QueryPlan.steps(of: ChangeConsumer.states.description, in: database.path)
    // SQLite shows the search for the first or last row of a table, without a bound, as SEARCH.
    let ofChanges = steps.filter { $0.contains("clerk_sync_changes") }
    #expect(ofChanges.count == 3 && ofChanges.allSatisfy { $0.hasPrefix("SEARCH") }, "\(steps)")
  }
}
