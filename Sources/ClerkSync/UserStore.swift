import SQLite

/// The users table of one database file, kept equal to Clerk.
///
/// Every call opens a connection of its own and closes it before it returns.
public struct UserStore: Sendable {
  private let database: Database
  private let timestamps: TimestampUnit

  /// A store in the SQLite file at `database`, which is created on first use.
  public init(database: String, timestamps: TimestampUnit = .milliseconds) {
    self.database = Database(path: database)
    self.timestamps = timestamps
  }

  init(_ configuration: Configuration) {
    self.init(database: configuration.database, timestamps: configuration.timestamps)
  }

  /// Applies one event in one transaction; it is on disk when this returns. `now` is in milliseconds since 1970.
  public func apply(_ event: Event, now: Int64) throws(StoreError) -> Outcome {
    guard let change = event.change else { return .ignored }
    try withConnection { connection throws(SQLiteError) in
      var statement =
        switch change {
        case .created(let user), .updated(let user):
          try UserTable.upsert(user, now: timestamps.convert(milliseconds: now), on: connection)
        case .deleted(let id):
          try UserTable.delete(id: id, on: connection)
        }
      try connection.transaction { () throws(SQLiteError) in
        while try statement.step() {}
      }
    }
    return .applied
  }

  /// Throws unless the database opens and its schema fits; creates what is missing.
  public func check() throws(StoreError) {
    try withConnection { connection throws(SQLiteError) in
      try UserTable.check(on: connection)
    }
  }

  private func withConnection(
    _ body: (borrowing Connection) throws(SQLiteError) -> Void
  ) throws(StoreError) {
    let connection = try database.open()
    do throws(SQLiteError) {
      try body(connection)
    } catch {
      throw .sqlite(error, database: database.path)
    }
  }
}
