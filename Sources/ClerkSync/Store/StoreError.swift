public import SQLite

/// An error of the database. Nothing was written, unless the sync after the commit failed. Retrying is safe either way.
public enum StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The folder for a new database could not be created.
  case folder(path: String)
  /// The database does not exist yet.
  case missing(database: String)
  /// The database lacks tables of the sync.
  case notPrepared(database: String)
  /// The database has no `users` table, but another one that holds users. Nothing was created.
  case otherUserTable(name: String, database: String)
  /// Clerk's objects cannot be stored in a table of the application. Nothing was created.
  case tableDoesNotFit(problem: String, remedy: String, database: String)
  /// The database does not exist, and the mapping is to tables of the application.
  case missingApplication(database: String)
  /// The database does not record changes.
  case noChanges(database: String)
  /// Another program holds the write lock, and the operation does not wait for it.
  case locked(database: String)
  /// Another connection uses the database, and the operation needs exclusive access.
  case inUse(database: String)
  /// This process cannot write to the file or its folder.
  case notWritable(path: String)
  /// An older program created the sync's tables, and nothing has been written since.
  case olderSchema(database: String)
  /// A newer program created the sync's tables.
  case newerSchema(found: Int64, database: String)
  /// The user with this id has the e-mail address.
  case emailTaken(by: String)
  /// A row of this table has the e-mail address, and no change of Clerk's has ever been applied to it.
  case addressNotClerks(table: String)
  /// The database forbids the object's row while it has none for the object with this id, which it refers to.
  case awaiting(String, SQLiteError)
  /// SQLite reported an error.
  case sqlite(SQLiteError, database: String)

  /// Whether another program has locked the database.
  package var isLock: Bool {
    switch self {
    case .locked, .inUse: true
    case .sqlite(let error, _): error.kind == .busy
    default: false
    }
  }

  /// The problem and what to do about it, for the operator's log. Not for the sender.
  public var description: String {
    switch self {
    case .folder(let path):
      "cannot create the folder \(path): create it, writable for the user this program runs as"
    case .missing(let database):
      "\(database) does not exist yet: the first delivery creates it, and so does clerk-sync init"
    case .notPrepared(let database):
      "\(database) lacks tables of the sync: the first delivery creates them, and so does clerk-sync init"
    case .otherUserTable(let name, let database):
      "\(database) has no table users, but \(name) looks like one: run clerk-sync tables suggest for a mapping to it; "
        + "to have a separate table, create users(\(Mapping.builtInColumns)) first"
    case .tableDoesNotFit(let problem, let remedy, let database):
      "\(database): \(problem): \(remedy); clerk-sync tables check tries it again"
    case .missingApplication(let database):
      "\(database) does not exist: with CLERK_SYNC_TABLES the application creates it; check CLERK_SYNC_DATABASE"
    case .noChanges(let database):
      "\(database) has no change feed: set CLERK_SYNC_CHANGES=on for the handler, the worker and the commands that write; "
        + "the first write then creates it, and so does clerk-sync init"
    case .locked(let database):
      "\(database) is locked by another program, which is writing: try again once its transaction has ended"
    case .inUse(let database):
      "\(database) is in use: stop the handler and every other program that has it open, and try again"
    case .notWritable(let path):
      "\(path) cannot be written: make the file and its folder readable and writable for the user this program runs as"
    case .olderSchema(let database):
      "\(database) has the clerk_sync tables of an older version: the first delivery upgrades them, "
        + "and so does clerk-sync init"
    case .newerSchema(let found, let database):
      "\(database): the clerk_sync tables have version \(found), this program knows \(SyncSchema.version): "
        + "run the newer clerk-sync that created them"
    case .emailTaken(let owner):
      "the e-mail address belongs to \(owner), whose own event may still be on its way; "
        + "the delivery will be retried"
    case .addressNotClerks(let table):
      "the e-mail address belongs to a row of \(table) that Clerk has never written: if it is this person's account from "
        + "before Clerk, match: { email: \"email\" } in the mapping makes it the user's, otherwise change its address; the "
        + "delivery will be retried"
    case .awaiting(let id, let error):
      "\(error.message): it refers to \(id), which is not stored yet and whose own event may still be on its way; the "
        + "delivery will be retried"
    case .sqlite(let error, let database):
      "\(database): \(error); \(error.advice)"
    }
  }
}

extension SQLiteError {
  /// What the operator can do about the error.
  var advice: String {
    switch kind {
    case .busy:
      "another program held the write lock for longer than \(Database.busyTimeout.components.seconds) s; "
        + "the delivery will be retried"
    case .cannotOpen, .readOnly:
      "make the file and its folder readable and writable for the user this program runs as"
    case .full:
      "free disk space; the delivery will be retried"
    case .inputOutput:
      "check the disk's free space, quota and health; the delivery will be retried"
    case .notADatabase:
      "CLERK_SYNC_DATABASE must name an SQLite 3 file, or a path where one can be created"
    case .constraint:
      "a constraint of this database forbids the change; the delivery will be retried"
    case .schema:
      "the table must be users(\(Mapping.builtInColumns)), further columns need a default; or CLERK_SYNC_TABLES must name "
        + "a mapping to the application's table, which clerk-sync tables suggest prints"
    case .other:
      "see sqlite.org/rescode.html"
    }
  }
}
