import ClerkSync
import SQLite

extension StoreError {
  /// The kind of SQLite's error; nil for any other error.
  var kind: SQLiteError.Kind? {
    if case .sqlite(let error, _) = self { error.kind } else { nil }
  }
}
