extension String {
  /// Returns the sum of the numbers logged for this outcome.
  func total(of outcome: String) -> Int {
    split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("\(outcome)=") }.reduce(0) {
      $0 + (Int($1.dropFirst(outcome.utf8.count + 1)) ?? 0)
    }
  }
}
