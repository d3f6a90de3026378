import SQLite

extension Result<Outcome, StoreError> {
  /// Whether it says something of the write alone, and nothing of the connection it went through.
  var isOfTheWriteItself: Bool {
    switch self {
    case .success, .failure(.emailTaken): true
    case .failure(.sqlite(let error, _)): error.kind == .constraint
    case .failure: false
    }
  }
}
