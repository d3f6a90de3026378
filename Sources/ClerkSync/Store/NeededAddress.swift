import SQLite

/// An e-mail address that a user needs while another user still has it. Must not be logged.
package struct NeededAddress: Equatable {
  package let address: String
  package let userID: String

  package init(address: String, userID: String) {
    (self.address, self.userID) = (address, userID)
  }
}

extension UserStore {
  /// Returns the keys of those addresses that no other user has any more, at least at Clerk.
  package func free(_ addresses: [String: NeededAddress]) throws(StoreError) -> [String] {
    let connection = try database.openForReading()
    var free: [String] = []
    for (id, needed) in addresses {
      let owner = try database.sql(
        mapping[.user]?.owner(of: needed.address, otherThan: needed.userID, on: connection))
      if owner?.isReleased ?? true { free.append(id) }
    }
    return free
  }
}
