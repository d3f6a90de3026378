import SQLite

/// An e-mail address that a user is to have and another one still has. Not for a log.
package struct NeededAddress: Equatable {
  package let address: String
  package let userID: String

  package init(address: String, userID: String) {
    (self.address, self.userID) = (address, userID)
  }
}

extension UserStore {
  /// Those of the addresses that no other user has any more, whoever has freed them.
  package func free(_ addresses: [String: NeededAddress]) throws(StoreError) -> [String] {
    try database.read { connection throws(SQLiteError) in
      var free: [String] = []
      for (id, needed) in addresses
      where try UserTable.owner(of: needed.address, otherThan: needed.userID, on: connection) == nil {
        free.append(id)
      }
      return free
    }
  }
}
