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

  /// Whether it says that nothing can be written at all.
  var isOfTheDatabase: Bool {
    switch self {
    case .success, .failure(.emailTaken): false
    case .failure(.sqlite(let error, _)):
      [.busy, .cannotOpen, .readOnly, .full, .inputOutput, .notADatabase].contains(error.kind)
    case .failure: true
    }
  }
}
