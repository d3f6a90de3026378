import ClerkSync
import Foundation
import TestSupport
import Testing

@Suite struct EventTypeTests {
  private static let userTypes = ["user.created", "user.updated", "user.deleted"]

  private static func types() throws -> [String] {
    try JSONDecoder().decode([String].self, from: Data(Payload.example("event_types")))
  }

  @Test(arguments: try types())
  func `Only the events of a user change anything`(type: String) throws {
    let event = try UserEvent(type).decode()
    #expect(event.type == type)
    #expect((event.change != nil) == Self.userTypes.contains(type))
    #expect((event.userID != nil) == Self.userTypes.contains(type))
  }

  @Test func `The list of Clerk's events is whole`() throws {
    let types = try Self.types()
    #expect(Set(types).count == 45)
    #expect(Set(types).isSuperset(of: Self.userTypes))
  }

  @Test(arguments: [
    "", "user", "user.", "user.createdInOrganization", "User.Created", " user.created", "user.created ",
  ])
  func `A type that only looks like a user's is ignored`(type: String) throws {
    #expect(try UserEvent(type).decode().change == nil)
  }

  @Test(arguments: ["null", "[]", "7", #""text""#, #"{"id":7,"email_addresses":{}}"#, nil])
  func `The data of other events may be anything`(data: String?) throws {
    let data = data.map { #","data":\#($0)"# } ?? ""
    #expect(try Event.decode(#"{"type":"session.created"\#(data)}"#).change == nil)
  }
}
