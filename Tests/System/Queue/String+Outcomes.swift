extension String {
  /// The sum of all the numbers that this worker's log gives the outcome.
  func total(of outcome: String) -> Int {
    split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("\(outcome)=") }.reduce(0) {
      $0 + (Int($1.dropFirst(outcome.utf8.count + 1)) ?? 0)
    }
  }
}
