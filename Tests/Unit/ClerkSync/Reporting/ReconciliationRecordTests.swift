import SQLite
import TestSupport
import Testing

@testable import ClerkSync

@Suite struct ReconciliationRecordTests {
  private let database: TestDatabase

  init() throws {
    database = try TestDatabase()
    try database.store.prepare()
  }

  private func record(
    _ state: ReconciliationRun.State = .running, _ entity: Entity = .user, started: Int64,
    applied: Bool = false
  ) throws -> ReconciliationRecord? {
    var run = ReconciliationRun(entity, started: started, applied: applied)
    run.state = state
    try database.store.record(run)
    return try database.store.reconciliations().first
  }

  private func figures(found: Int, left: Int) -> ReconciliationFigures {
    ReconciliationFigures(
      found: DriftCounts(missing: found, different: 0, extra: 0),
      remaining: DriftCounts(missing: left, different: 0, extra: 0), foreign: 4, unusable: 5)
  }

  @Test func `The first run makes the table, beside a schema of the same version`() throws {
    #expect(try database.store.reconciliations().isEmpty)
    #expect(try database.store.condition().reconciliations.isEmpty)
    let exists: StaticString = "SELECT count(*) FROM sqlite_schema WHERE name = 'clerk_sync_reconciliations'"
    #expect(try database.column(exists) == ["0"])
    let first = try #require(try record(started: 10))
    #expect(first.ended == nil && !first.succeeded && first.lastSuccess == nil && first.figures == nil)
    #expect(try database.column(exists) == ["1"])
    #expect(try database.column("SELECT version FROM clerk_sync_schema") == ["2"])
    try database.store.check()
  }

  @Test func `A run that fails or is killed keeps the result of the last one that succeeded`() throws {
    let result = figures(found: 3, left: 1)
    let success = try #require(try record(.succeeded(at: 20, result), started: 10, applied: true))
    #expect(success.started == 10 && success.ended == 20 && success.succeeded && success.applied)
    #expect(success.lastSuccess == 20 && success.figures == result && success.driftSince == 20)
    let killed = try #require(try record(started: 30))
    #expect(killed.started == 30 && killed.ended == nil && !killed.succeeded && !killed.applied)
    let failed = try #require(try record(.failed(at: 50), started: 40))
    #expect(failed.started == 40 && failed.ended == 50 && !failed.succeeded)
    for later in [killed, failed] {
      #expect(later.lastSuccess == 20 && later.figures == result && later.driftSince == 20)
    }
  }

  @Test func `Drift lasts from the first run that left some to the first that leaves none`() throws {
    for (time, left, since) in [(1, 0, nil), (2, 3, 2), (3, 1, 2), (4, 0, nil), (5, 1, 5)]
      as [(Int64, Int, Int64?)]
    {
      let run = try #require(try record(.succeeded(at: time, figures(found: 3, left: left)), started: time))
      #expect(run.driftSince == since && run.lastSuccess == time, "at \(time)")
    }
  }

  @Test func `A kind whose table the mapping no longer names is not reported`() throws {
    _ = try record(.running, .organization, started: 10)
    #expect(try database.store.reconciliations().isEmpty)
    #expect(try record(started: 10)?.entity == .user)
    #expect(try database.store.reconciliations().count == 1)
  }

  @Test(.waits) func `A database that another program keeps locked is named`() throws {
    let other = try database.open()
    try other.run("BEGIN IMMEDIATE")
    #expect(throws: StoreError.locked(database: database.path)) { try record(started: 10) }
    try other.run("COMMIT")
    #expect(try record(started: 10) != nil)
  }
}
