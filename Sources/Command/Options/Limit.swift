import ArgumentParser

/// The maximum number of rows, given as an option.
struct Limit {
  let rows: Int

  init(rows: Int) {
    self.rows = rows
  }

  /// Parses the value of an option.
  init(_ text: String) throws(ValidationError) {
    guard let rows = Int(text), (1...1_000_000_000).contains(rows) else {
      throw ValidationError("expected a whole number from 1 to 1000000000")
    }
    self.rows = rows
  }
}
