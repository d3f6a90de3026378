import CSQLite
import Glibc

/// An error SQLite reported.
public struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The extended result code (sqlite.org/rescode.html#extrc).
  public let code: Int32
  /// SQLite's own words; they name tables, columns and constraints, never a value.
  public let message: String

  init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// `isRunning` tells a statement that failed while it ran from one that did not compile.
  @unsafe init(code: Int32, of connection: OpaquePointer?, isRunning: Bool = false) {
    self.code = code
    let said = unsafe String(cString: sqlite3_errmsg(connection))
    let cause = unsafe sqlite3_system_errno(connection)
    switch code & 0xff {
    case SQLITE_CANTOPEN where cause != 0, SQLITE_IOERR where cause != 0:
      message = unsafe "\(said): \(String(cString: strerror(cause)))"
    case SQLITE_CONSTRAINT where code == Self.triggerConstraint && said != Self.restrictMessage:
      // An application's own trigger can put anything, a row's values too, into RAISE.
      message = "a trigger refused the change"
    case SQLITE_ERROR where isRunning:
      // So can an SQL function that it calls.
      message = unsafe String(cString: sqlite3_errstr(code))
    default:
      message = said
    }
  }

  /// What was committed could not be brought to disk.
  static func syncFailed(errno number: Int32) -> SQLiteError {
    let code = SQLITE_IOERR | 4 << 8
    return unsafe SQLiteError(
      code: code, message: "\(String(cString: sqlite3_errstr(code))): \(String(cString: strerror(number)))")
  }

  /// The schema is not what the caller was written for.
  public static let schemaMismatch = SQLiteError(code: SQLITE_ERROR, message: "the schema does not fit")

  // The header's definition is an expression that Swift does not import.
  private static let triggerConstraint = SQLITE_CONSTRAINT | 7 << 8

  /// What a reference with ON DELETE RESTRICT says; to SQLite it is a trigger too.
  private static let restrictMessage = "FOREIGN KEY constraint failed"

  /// Whether a value that must be unique stands in another row already.
  public var isUniqueViolation: Bool { code == SQLITE_CONSTRAINT | 8 << 8 }

  /// The errors that callers tell apart, by primary result code (sqlite.org/rescode.html#pve).
  public enum Kind: Sendable {
    case busy, cannotOpen, readOnly, full, inputOutput, notADatabase, constraint
    /// The statement does not fit the schema: a table or a column is missing.
    case schema
    case other
  }

  public var kind: Kind {
    switch code & 0xff {
    case SQLITE_BUSY: .busy
    case SQLITE_CANTOPEN: .cannotOpen
    case SQLITE_READONLY, SQLITE_PERM: .readOnly
    case SQLITE_FULL: .full
    case SQLITE_IOERR: .inputOutput
    case SQLITE_NOTADB: .notADatabase
    case SQLITE_CONSTRAINT: .constraint
    case SQLITE_ERROR: .schema
    default: .other
    }
  }

  public var description: String { "\(message) (SQLite result code \(code))" }
}
