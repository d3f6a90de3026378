public import SQLite

/// Why the database could not be brought up to date. Nothing was written.
public enum StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The folder for a new database could not be made.
  case folder(path: String)
  /// There is no database yet.
  case missing(database: String)
  /// The file lacks tables that the sync needs.
  case notPrepared(database: String)
  /// Somebody is using the database, which has to be left alone for what was asked.
  case inUse(database: String)
  /// This process may not write to the file or its folder.
  case notWritable(path: String)
  /// The sync's own tables are of a later version than this program knows.
  case newerSchema(found: Int64, database: String)
  /// The e-mail address stands in the row of the user with this id.
  case emailTaken(by: String)
  /// SQLite refused.
  case sqlite(SQLiteError, database: String)

  /// What was wrong and what to do next; for the operator's log, not for the sender.
  public var description: String {
    switch self {
    case .folder(let path):
      "cannot create the folder \(path): create it, writable for the user this program runs as"
    case .missing(let database):
      "\(database) is not there yet: the first delivery creates it, and so does clerk-sync init"
    case .notPrepared(let database):
      "\(database) lacks tables of the sync: the first delivery makes them, and so does clerk-sync init"
    case .inUse(let database):
      "\(database) is in use: stop the handler and whatever else has it open, and try again"
    case .notWritable(let path):
      "\(path) cannot be written: make the file and its folder readable and writable for the user this program runs as"
    case .newerSchema(let found, let database):
      "\(database): the clerk_sync tables have version \(found), this program knows \(SyncSchema.version): "
        + "run the newer clerk-sync that made them"
    case .emailTaken(let owner):
      "the e-mail address belongs to \(owner), whose own event may still be on its way; "
        + "the delivery will be repeated"
    case .sqlite(let error, let database):
      "\(database): \(error); \(error.advice)"
    }
  }
}

extension SQLiteError {
  /// What an operator can do about the error.
  var advice: String {
    switch kind {
    case .busy:
      "another program held the write lock for longer than \(Database.busyTimeout / 1000) s; "
        + "the delivery will be repeated"
    case .cannotOpen, .readOnly:
      "make the file and its folder readable and writable for the user this program runs as"
    case .full:
      "make room on the disk; the delivery will be repeated"
    case .inputOutput:
      "check the room, the quota and the health of the disk; the delivery will be repeated"
    case .notADatabase:
      "CLERK_SYNC_DATABASE must name an SQLite 3 file, or none so that one is created"
    case .constraint:
      "a constraint of this database forbids the change; the delivery will be repeated"
    case .schema:
      "the table must be users(\(UserTable.columns)); further columns need a default"
    case .other:
      "see sqlite.org/rescode.html"
    }
  }
}
