import TestSupport
import Testing

@testable import ClerkSync

@Suite struct SessionEventTests {
  private static let time: Int64 = 1_700_000_000_000

  private func session(user: String, timestamp: Int64 = time + 500) -> String {
    Payload.event(
      "session.created", data: #"{"id":"sess_1","user_id":"user_1","user":\#(user)}"#,
      timestamp: Int(timestamp))
  }

  private func user(updatedAt: Int64) -> String {
    UserEvent(data: ["updated_at": "\(updatedAt)"]).data.map { #""\#($0)":\#($1)"# }.joined(separator: ",")
  }

  private func apply(_ body: String, to database: TestDatabase, heals: Bool = true) throws -> Outcome {
    let mapping = Mapping.users(roles: .standard, timestamps: .milliseconds, healsOnSession: heals)
    return try database.store.apply(
      Event.decode(body, mapping, id: "msg_\(UInt64.random(in: 0 ... .max))"))
  }

  @Test func `A session makes the row of a user whose event was lost`() throws {
    let database = try TestDatabase()
    let session = session(user: "{\(user(updatedAt: Self.time))}")
    #expect(try apply(session, to: database) == .applied)
    #expect(try database.column("SELECT id || ' ' || email FROM users") == ["user_1 ada@example.org"])
    #expect(try database.column("SELECT version FROM clerk_sync_versions") == ["\(Self.time)"])
    #expect(try database.column("SELECT object_id FROM clerk_sync_deliveries") == ["user_1"])
  }

  @Test func `A session is ignored unless the setting is on`() throws {
    let database = try TestDatabase()
    let session = session(user: "{\(user(updatedAt: Self.time))}")
    #expect(try apply(session, to: database, heals: false) == .ignored)
  }

  @Test func `A session neither overwrites a newer row nor restores a deleted user`() throws {
    let database = try TestDatabase()
    let newer = Payload.user("user.updated", id: "user_1", updatedAt: Int(Self.time) + 1)
    #expect(try apply(newer, to: database) == .applied)
    let session = session(user: "{\(user(updatedAt: Self.time))}")
    #expect(try apply(session, to: database) == .stale)
    #expect(try apply(Payload.deleted(id: "user_1"), to: database) == .applied)
    #expect(try apply(session, to: database) == .stale)
    #expect(try database.column("SELECT id FROM users") == [])
  }

  @Test(arguments: ["null", "{}", "[]", #""user_1""#, #"{"id":"user_1","updated_at":1700000000000}"#])
  func `A session without a user that can be stored is ignored`(user: String) throws {
    #expect(try apply(session(user: user), to: TestDatabase()) == .ignored)
  }
}
