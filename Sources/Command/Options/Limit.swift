import ArgumentParser

/// How many rows an option asks for at most.
struct Limit {
  let rows: Int

  init(rows: Int) {
    self.rows = rows
  }

  /// Reads an option's value.
  init(_ text: String) throws(ValidationError) {
    guard let rows = Int(text), (1...1_000_000_000).contains(rows) else {
      throw ValidationError("expected a whole number from 1 to 1000000000")
    }
    self.rows = rows
  }
}
