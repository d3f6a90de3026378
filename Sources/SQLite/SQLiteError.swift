import CSQLite
import Glibc

/// An error that SQLite reported.
public struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The extended result code (sqlite.org/rescode.html#extrc).
  public let code: Int32
  /// SQLite's message. It names tables, columns and constraints, never a value.
  public let message: String

  init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  /// Reads the connection's last error. `isRunning` means that a compiled statement failed while it ran.
  @unsafe init(code: Int32, of connection: OpaquePointer?, isRunning: Bool = false) {
    self.code = code
    let text = unsafe String(cString: sqlite3_errmsg(connection))
    let cause = unsafe sqlite3_system_errno(connection)
    switch code & 0xff {
    case SQLITE_CANTOPEN where cause != 0, SQLITE_IOERR where cause != 0:
      message = unsafe "\(text): \(String(cString: strerror(cause)))"
    case SQLITE_CONSTRAINT where code == Self.triggerConstraint && text != Self.restrictMessage:
      // An application's trigger can put a row's values into the message of RAISE.
      message = "a trigger refused the change"
    case SQLITE_ERROR where isRunning:
      // The message of an SQL function can quote its arguments.
      message = unsafe String(cString: sqlite3_errstr(code))
    default:
      message = text
    }
  }

  /// A committed transaction could not be synced to disk.
  static func syncFailed(errno number: Int32) -> SQLiteError {
    let code = SQLITE_IOERR | 4 << 8
    return unsafe SQLiteError(
      code: code, message: "\(String(cString: sqlite3_errstr(code))): \(String(cString: strerror(number)))")
  }

  /// A column of the table's key is NULL.
  public static func nullInKey(_ table: Identifier) -> SQLiteError {
    SQLiteError(
      code: SQLITE_CONSTRAINT | Constraint.notNull.rawValue << 8, message: "NULL in the key of \(table.name)")
  }

  /// The schema is not the one that the caller expects.
  public static let schemaMismatch = SQLiteError(code: SQLITE_ERROR, message: "the schema does not fit")

  // Swift does not import the header's definition, which is an expression.
  private static let triggerConstraint = SQLITE_CONSTRAINT | 7 << 8

  /// The message of ON DELETE RESTRICT, which SQLite implements as a trigger.
  private static let restrictMessage = "FOREIGN KEY constraint failed"

  /// Whether another row already holds a value that must be unique.
  public var isUniqueViolation: Bool { code == SQLITE_CONSTRAINT | 8 << 8 }

  /// The constraint that a change violates; nil for any other error.
  public var constraint: Constraint? {
    switch code {
    // A key that is not an integer fails with SQLITE_MISMATCH (sqlite.org/lang_createtable.html#rowid).
    case SQLITE_MISMATCH: .integerKey
    case Self.triggerConstraint where message != Self.restrictMessage: .trigger
    case Self.triggerConstraint: .foreignKey
    default: code & 0xff == SQLITE_CONSTRAINT ? Constraint(rawValue: code >> 8) : nil
    }
  }

  /// By extended result code (sqlite.org/rescode.html#extrc).
  public enum Constraint: Int32, Sendable {
    case integerKey = 0
    case check = 1
    case foreignKey = 3
    case notNull = 5
    case primaryKey = 6
    case trigger = 7
    case unique = 8
    /// The type of a column in a STRICT table.
    case dataType = 12
  }

  /// The errors that callers distinguish, by primary result code (sqlite.org/rescode.html#pve).
  public enum Kind: Sendable {
    case busy, cannotOpen, readOnly, full, inputOutput, notADatabase, constraint
    /// The statement does not match the schema: a table or a column is missing.
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
