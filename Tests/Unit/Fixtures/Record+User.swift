import SQLite

@testable import ClerkSync

extension Event.Change {
  static func created(_ user: User) -> Event.Change {
    Event.Change(operation: .created, record: .of(user))
  }

  static func updated(_ user: User) -> Event.Change {
    Event.Change(operation: .updated, record: .of(user))
  }

  static func deleted(id: String) -> Event.Change {
    Event.Change(operation: .deleted, record: users.deletedRecord(id))
  }

  static var users: TableMapping { Mapping.builtIn[.user]! }
}

extension Record {
  /// Returns the row of the built-in table.
  static func of(_ user: User) -> Record { Event.Change.users.record(user) }

  /// The user in a row of the built-in table.
  var user: User? {
    let texts = values(at: 0).prefix(5).map { value in if case .text(let text) = value { text } else { "" } }
    guard texts.count == 5 else { return nil }
    return User(id: texts[0], email: texts[1], firstName: texts[2], lastName: texts[3], role: texts[4])
  }
}

extension BackendObject {
  init(user: User, updatedAt: Int64) { self.init(.of(user), updatedAt: updatedAt) }

  var user: User? { record.user }
}
