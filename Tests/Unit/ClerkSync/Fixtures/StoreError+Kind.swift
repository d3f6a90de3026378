import ClerkSync
import SQLite

extension StoreError {
  /// What SQLite's error was, if it was one.
  var kind: SQLiteError.Kind? {
    if case .sqlite(let error, _) = self { error.kind } else { nil }
  }
}
