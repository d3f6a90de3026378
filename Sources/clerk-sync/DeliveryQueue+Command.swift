import ClerkSync

extension DeliveryQueue {
  /// The dead letter that an argument names.
  func deadLetter(withID id: String) throws -> DeadLetter {
    let parts = id.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ UInt64($0) != nil }), let letter = try deadLetter(id) else {
      throw CommandFailure(
        "no dead letter has the id \(id.singleLine); clerk-sync dead list shows them", status: .attention)
    }
    return letter
  }
}
