import SQLite

/// Tries a mapping on a database: inserts, updates and deletes objects that do not exist at Clerk, and rolls back.
///
/// The application's triggers run too, and what they write is rolled back.
enum Trial {
  /// A statement of the mapping.
  enum Step: String {
    case insertion = "an insert"
    case update = "an update"
    case deletion = "a deletion"
  }

  /// Returns the first problem of each mapped table that has one.
  static func problems(
    of mapping: Mapping, on connection: borrowing Connection
  ) throws(SQLiteError) -> [TrialProblem] {
    var problems: [TrialProblem] = []
    var others: [(table: TableMapping, record: Record)] = []
    for table in mapping.all {
      let found = try DatabaseSchema.table(table.table.name, on: connection)
      let objects = TrialObject.all(of: table, in: found)
      for object in objects {
        let problem = try problem(of: table, in: mapping, with: object, beside: others, on: connection)
        guard let problem else { continue }
        problems.append(problem)
        break
      }
      if let object = objects.first { others.append((table, object.written)) }
    }
    return problems
  }

  /// Tries one object in a transaction of its own. `others` are the objects that it may refer to.
  private static func problem(
    of table: TableMapping, in mapping: Mapping, with object: TrialObject,
    beside others: [(table: TableMapping, record: Record)], on connection: borrowing Connection
  ) throws(SQLiteError) -> TrialProblem? {
    try connection.run("BEGIN IMMEDIATE")
    defer { if connection.isInTransaction { try? connection.run("ROLLBACK") } }
    if mapping.isBuiltIn { try connection.run(SyncSchema.builtInCreation) }
    // A violated foreign key then leaves the row, which shows the column. SQLite sets a flag when it compiles the
    // statement, and resets it at the end of the transaction.
    var deferring = try connection.prepare("PRAGMA defer_foreign_keys = ON")
    try deferring.run()
    for other in others where connection.isInTransaction {
      // Its own trial tells why it fails.
      try? connection.run(other.table.statements.insertion, values: other.record.values(at: TrialObject.time))
    }
    guard !connection.hasForeignKeyViolations else { return nil }

    let steps: [(Step, SQL, Record)] = [
      (.insertion, table.statements.insertion, object.written),
      (.update, table.statements.update, object.written),
      (.deletion, table.statements.deletion, object.deleted),
    ]
    for (step, sql, record) in steps where connection.isInTransaction {
      var failure: SQLiteError?
      do throws(SQLiteError) {
        try connection.run(sql, values: record.values(at: TrialObject.time))
        // The statements that need a row of the application's are only compiled.
        if step == .deletion { try table.check(on: connection) }
      } catch {
        guard error.constraint != nil || error.kind == .schema else { throw error }
        failure = error
      }
      guard failure != nil || connection.hasForeignKeyViolations else { continue }
      let diagnosis = try TrialDiagnosis(
        table, isBuiltIn: mapping.isBuiltIn, step: step, record: record, on: connection)
      return try diagnosis.problem(failure, isMapped: mapping.contains, on: connection)
    }
    return nil
  }
}

extension UserStore {
  /// Returns the first problem of each mapped table in which Clerk's objects cannot be stored. Changes nothing.
  ///
  /// Throws ``StoreError/locked(database:)`` when another program holds the write lock for a second.
  package func trialProblems() throws(StoreError) -> [TrialProblem] {
    guard FileIdentity(database.path) != nil else { throw .missing(database: database.path) }
    let connection = try database.connect(deadline: .now + .seconds(1))
    if mapping.isBuiltIn, let other = try database.sql(SyncSchema.otherUserTable(on: connection)) {
      return [
        TrialProblem(
          entity: .user, table: "users", what: "there is no table users, but \(other) looks like one",
          remedy: "use the mapping that clerk-sync tables suggest prints")
      ]
    }
    do throws(SQLiteError) {
      return try Self.problems(of: mapping, on: connection)
    } catch {
      throw error.kind == .busy
        ? .locked(database: database.path) : .sqlite(error, database: database.path)
    }
  }

  private static func problems(
    of mapping: Mapping, on connection: borrowing Connection
  ) throws(SQLiteError) -> [TrialProblem] {
    // The changes stay in memory, so that not even a crash leaves a trace of them. A WAL has that property by itself.
    if try connection.journalMode() == "delete" { try connection.run("PRAGMA journal_mode = MEMORY") }
    try connection.run("PRAGMA cache_spill = OFF")
    return try Trial.problems(of: mapping, on: connection)
  }
}
