import SQLite

/// An e-mail address that a user is to have and another one still has. Not for a log.
struct NeededAddress: Equatable {
  let address: String
  let userID: String
}

extension UserStore {
  /// Those of the addresses that no other user has any more, whoever has freed them.
  func free(_ addresses: [String: NeededAddress]) throws(StoreError) -> [String] {
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
