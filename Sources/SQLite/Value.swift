import CSQLite

/// A value of a column (sqlite.org/datatype3.html), except a blob.
public enum Value: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
}

extension Value: Bindable {
  @unsafe public func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
    switch self {
    case .null: unsafe sqlite3_bind_null(statement, index)
    case .integer(let number): unsafe number.bind(to: statement, at: index)
    case .real(let number): unsafe sqlite3_bind_double(statement, index, number)
    case .text(let text): unsafe text.bind(to: statement, at: index)
    }
  }
}
