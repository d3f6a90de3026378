import SQLite

/// What keeps an event from being applied until another event has been.
package enum Obstacle: Equatable {
  /// An e-mail address that the user needs while another user still has it. Must not be logged.
  case address(String, neededBy: String)
  /// The object with this id is not stored.
  case missing(String)

  /// Returns nil unless another event can mend the error of `event`.
  package init?(_ error: StoreError, of event: Event) {
    switch error {
    case .emailTaken, .addressNotClerks:
      guard let record = event.change?.record, let address = record.address else { return nil }
      self = .address(address, neededBy: record.id)
    case .awaiting(let id, _): self = .missing(id)
    default: return nil
    }
  }
}

extension UserStore {
  /// Returns the keys of those obstacles that are gone: the address is free, at least at Clerk, or the object is stored.
  package func overcome(_ obstacles: [String: Obstacle]) throws(StoreError) -> [String] {
    let connection = try database.openForReading()
    var keys: [String] = []
    for (key, obstacle) in obstacles {
      if try database.sql(isGone(obstacle, on: connection)) { keys.append(key) }
    }
    return keys
  }

  private func isGone(
    _ obstacle: Obstacle, on connection: borrowing Connection
  ) throws(SQLiteError) -> Bool {
    switch obstacle {
    case .address(let address, let userID):
      let owner = try mapping[.user]?.owner(of: address, otherThan: userID, on: connection)
      return owner?.isReleased ?? true
    case .missing(let id):
      return try VersionTable.find(id, on: connection)?.isApplied == true
    }
  }
}
