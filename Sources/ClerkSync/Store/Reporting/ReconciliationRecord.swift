import SQLite

/// The last comparisons of a table with Clerk.
public struct ReconciliationRecord: Encodable, Equatable, Sendable {
  public let entity: Entity
  /// When the last run began, in milliseconds since 1970.
  public let started: Int64
  /// When it ended, in milliseconds since 1970; nil while it is in progress, and if it was killed.
  public let ended: Int64?
  /// Whether it was to repair the differences.
  public let applied: Bool
  /// Whether every object was compared.
  public let succeeded: Bool
  /// When the last run that succeeded ended, in milliseconds since 1970; nil if none has.
  public let lastSuccess: Int64?
  /// The result of that run.
  public let figures: ReconciliationFigures?
  /// When the first of the successful runs in a row that left differences ended, in milliseconds since 1970; nil if the
  /// last one left none.
  public let driftSince: Int64?
}

/// The result of a comparison of a table with Clerk.
public struct ReconciliationFigures: Encodable, Equatable, Sendable {
  public let found: DriftCounts
  /// What was not repaired.
  public let remaining: DriftCounts
  /// The rows that Clerk does not list, and that may never have been Clerk's. They are no difference.
  public let foreign: Int
  /// The objects at Clerk that cannot be stored as a row. They are no difference.
  public let unusable: Int

  package init(found: DriftCounts, remaining: DriftCounts, foreign: Int, unusable: Int) {
    (self.found, self.remaining, self.foreign, self.unusable) = (found, remaining, foreign, unusable)
  }
}

/// The numbers of differences between a table and Clerk.
public struct DriftCounts: Encodable, Equatable, Sendable {
  /// Objects without a row.
  public let missing: Int
  /// Objects with a row that differs.
  public let different: Int
  /// Rows of objects that Clerk no longer has.
  public let extra: Int

  package init(missing: Int, different: Int, extra: Int) {
    (self.missing, self.different, self.extra) = (missing, different, extra)
  }

  public var total: Int { missing + different + extra }

  /// The name and the number of each kind.
  package var kinds: [(name: String, count: Int)] {
    [("missing", missing), ("different", different), ("extra", extra)]
  }
}

/// One comparison of a table with Clerk. Times are in milliseconds since 1970.
package struct ReconciliationRun: Sendable {
  package enum State: Sendable {
    case running
    case failed(at: Int64)
    case succeeded(at: Int64, ReconciliationFigures)
  }

  let entity: Entity
  let started: Int64
  /// Whether differences are repaired.
  let applied: Bool
  package var state = State.running

  package init(_ entity: Entity, started: Int64, applied: Bool) {
    (self.entity, self.started, self.applied) = (entity, started, applied)
  }
}

extension UserStore {
  /// Records the state of a comparison with Clerk, which is on disk when this returns.
  package func record(_ run: ReconciliationRun) throws(StoreError) {
    do {
      try database.transaction { connection throws(SQLiteError) in
        try ReconciliationTable.record(run, on: connection)
      }
    } catch .sqlite(let error, let path) where error.kind == .busy {
      throw .locked(database: path)
    }
  }

  /// Returns the last comparisons with Clerk, by kind; none if no run has been recorded.
  public func reconciliations() throws(StoreError) -> [ReconciliationRecord] {
    let connection = try database.openForReading()
    return try database.sql(ReconciliationTable.all(mapping, on: connection))
  }
}
