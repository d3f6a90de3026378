/// The statements a connection has compiled, for as long as it lives.
final class StatementCache {
  /// A place for one noncopyable statement.
  private final class Slot {
    var statement: Statement

    init(_ statement: consuming Statement) {
      self.statement = statement
    }
  }

  /// By the address of their text: a StaticString's never moves.
  private var slots: [UInt: Slot] = [:]

  /// Runs `body` with the statement, compiled by `prepare` the first time, and readies it for the next.
  func with<Result>(
    _ sql: StaticString, prepare: () throws(SQLiteError) -> Statement,
    _ body: (inout Statement) throws(SQLiteError) -> Result
  ) throws(SQLiteError) -> Result {
    let address = unsafe UInt(bitPattern: sql.utf8Start)
    let slot: Slot
    if let known = slots[address] {
      slot = known
    } else {
      slot = Slot(try prepare())
      slots[address] = slot
    }
    defer { slot.statement.reset() }
    do {
      return try body(&slot.statement)
    } catch {
      // The schema may have changed since; compiling anew says what does not fit.
      if error.kind == .schema {
        slots[address] = nil
        _ = try prepare()
      }
      throw error
    }
  }
}
