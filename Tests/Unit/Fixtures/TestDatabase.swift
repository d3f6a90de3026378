import Foundation
import SQLite
import TestSupport

@testable import ClerkSync

/// An application's database file, and a store on it.
struct TestDatabase {
  let folder: TemporaryFolder
  let path: String
  let store: UserStore

  /// Names a file that does not exist yet.
  init(
    _ name: String = "app.db", timestamps: TimestampUnit = .milliseconds, inMemory: Bool = false
  ) throws {
    folder = try TemporaryFolder(inMemory: inMemory)
    path = folder.file(name)
    var options = UserStore.Options()
    options.timestamps = timestamps
    options.connection = TestMode.connection.flatMap(ConnectionMode.init) ?? .perRequest
    store = UserStore(database: path, options: options, clock: WallClock { UserStore.now })
  }

  func open() throws -> Connection { try Connection.open(path) }

  func execute(_ statements: StaticString...) throws {
    let connection = try open()
    for statement in statements { try connection.run(SQL(stringLiteral: statement)) }
  }

  func column(_ sql: StaticString) throws -> [String?] { try open().column(sql) }

  /// Returns every row of users as SQL literals, ordered by id.
  func users() throws -> [String?] {
    try column(
      """
      SELECT quote(id) || ' ' || quote(email) || ' ' || quote(firstName) || ' ' ||
        quote(lastName) || ' ' || quote(password) || ' ' || quote(phone) || ' ' || quote(role) || ' ' ||
        quote(createdAt) || ' ' || quote(updatedAt) FROM users ORDER BY id
      """)
  }
}

extension UserStore {
  static let now: Int64 = 1_700_000_000_123

  @discardableResult
  func create(_ user: User, now: Int64 = now) throws -> Outcome { try apply(.created, user, now: now) }

  @discardableResult
  func update(_ user: User, now: Int64 = now) throws -> Outcome { try apply(.updated, user, now: now) }

  @discardableResult
  func delete(_ id: String, now: Int64 = now) throws -> Outcome { try apply(.deleted(id: id), now: now) }

  private func apply(_ operation: Event.Operation, _ user: User, now: Int64) throws -> Outcome {
    try apply(mapping[.user].map { Event.Change(operation: operation, record: $0.record(user)) }, now: now)
  }

  /// Applies the change as an event of a new message, at the time `now`.
  private func apply(_ change: Event.Change?, now: Int64) throws -> Outcome {
    let then = UserStore(database: database.path, options: options, clock: WallClock { now })
    return try then.apply(
      Event(messageID: "msg_\(UUID())", type: "user", change: change, version: now))
  }
}

extension User {
  /// Returns Ada Lovelace with any id.
  static func ada(_ id: String = "user_1", email: String? = nil, role: String = "client") -> User {
    User(id: id, email: email ?? "\(id)@example.org", firstName: "Ada", lastName: "Lovelace", role: role)
  }
}
