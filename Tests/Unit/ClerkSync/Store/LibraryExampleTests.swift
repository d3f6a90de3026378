import ClerkSync
import Svix
import TestSupport
import Testing

/// The library as a Swift application uses it.
@Suite struct LibraryExampleTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("data/app.db")
  }

  @Test func `Users can be written without waiting for Clerk's event`() throws {
    let store = UserStore(database: path)

    // The id is Clerk's, which later events use to find the row.
    var ada = User(
      id: "user_1", email: "ada@example.org", firstName: "Ada", lastName: "Lovelace", role: "client")
    #expect(try store.createUser(ada) == .applied)

    ada.role = "admin"
    #expect(try store.updateUser(ada) == .applied)
    #expect(try rows() == [["user_1", "ada@example.org", "admin"]])

    try store.deleteUser(id: ada.id)
    #expect(try rows() == [])

    // Clerk never reuses an id, so a deletion is final.
    #expect(try store.createUser(ada) == .stale)
  }

  @Test func `A verified message is applied as an event, which returns the outcome`() throws {
    let request = try SignedDelivery(Payload.user(id: "user_1", email: "ada@example.org", role: "admin"))
    let headers = [
      "svix-id": request.id, "svix-timestamp": request.timestamp, "svix-signature": request.signature,
    ]

    func receive() throws -> Outcome {
      try Self.receive(
        body: request.body, headers: { name in [headers[name]].compactMap(\.self) },
        secret: SignedDelivery.secret, store: UserStore(database: path))
    }
    #expect(try receive() == .applied)
    #expect(try rows() == [["user_1", "ada@example.org", "admin"]])
    #expect(try receive() == .duplicate)
  }

  /// The example of ClerkSync.docc.
  private static func receive(
    body: [UInt8], headers values: (String) -> [String], secret: String, store: UserStore
  ) throws -> Outcome {
    let verifier = Verifier(secrets: [try Secret(secret)])
    let message = try verifier.verify(
      try MessageHeaders(values), body: body, now: WallClock.system.now() / 1000)
    return try store.apply(Event(decoding: message, mapping: .builtIn))
  }

  @Test func `An address in use is an error that names its owner`() throws {
    let store = UserStore(database: path)
    _ = try store.createUser(User(id: "user_1", email: "ada@example.org", role: "client"))
    let second = User(id: "user_2", email: "ada@example.org", role: "client")
    do {
      _ = try store.createUser(second)
      Issue.record("the address was free")
    } catch .emailTaken(let owner) {
      try store.deleteUser(id: owner)
      _ = try store.createUser(second)
    }
    #expect(try rows() == [["user_2", "ada@example.org", "client"]])
  }

  @Test func `Options adapt the store to the table and the process`() throws {
    var options = UserStore.Options()
    options.timestamps = .seconds
    options.retention = 30
    options.keepsConnection = false
    let store = UserStore(database: path, options: options, clock: WallClock { 1_700_000_000_999 })
    try store.prepare()
    _ = try store.createUser(User(id: "user_1", email: "ada@example.org", role: "client"))
    #expect(try DatabaseFile(path).rows("SELECT createdAt FROM users") == [["1700000000"]])
  }

  private func rows() throws -> [[String?]] {
    try DatabaseFile(path).rows("SELECT id, email, role FROM users ORDER BY id", columns: 3)
  }
}
