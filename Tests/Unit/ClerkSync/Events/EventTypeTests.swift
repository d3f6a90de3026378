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
  func `Only user events carry a change`(type: String) throws {
    let event = try UserEvent(type).decode()
    #expect(event.type == type)
    #expect((event.change != nil) == Self.userTypes.contains(type))
    #expect((event.objectID != nil) == Self.userTypes.contains(type))
  }

  @Test func `The list of Clerk's event types is complete`() throws {
    let types = try Self.types()
    #expect(Set(types).count == 45)
    #expect(Set(types).isSuperset(of: Self.userTypes))
  }

  @Test(arguments: [
    "", "user", "user.", "user.createdInOrganization", "User.Created", " user.created", "user.created ",
  ])
  func `A type that only resembles a user event is ignored`(type: String) throws {
    #expect(try UserEvent(type).decode().change == nil)
  }

  @Test(arguments: ["null", "[]", "7", #""text""#, #"{"id":7,"email_addresses":{}}"#, nil])
  func `Other events may have any data`(data: String?) throws {
    let data = data.map { #","data":\#($0)"# } ?? ""
    #expect(try Event.decode(#"{"type":"session.created"\#(data)}"#).change == nil)
  }
}
