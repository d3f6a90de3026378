import ClerkSync
import TestSupport
import Testing

@Suite struct EventTests {
  @Test(arguments: ["user.created.docs", "user.created.dashboard"])
  func `Clerk's examples of a new user decode`(name: String) throws {
    let event = try Event.decode(Payload.example(name))
    let user = User(
      id: "user_29w83sxmDNGwOuEthce5gg56FcC", email: "example@example.org", firstName: "Example",
      lastName: "Example", role: "client")
    #expect(event.type == "user.created")
    #expect(event.change == .created(user))
    #expect(event.version == 1_654_012_591_835)
    #expect(event.objectID == "user_29w83sxmDNGwOuEthce5gg56FcC")
    #expect(event.warnings.isEmpty)
  }

  @Test func `Clerk's example of an updated user decodes`() throws {
    let event = try Event.decode(Payload.example("user.updated.dashboard"))
    let user = User(
      id: "user_29w83sxmDNGwOuEthce5gg56FcC", email: "example@example.org", firstName: "Example",
      lastName: "", role: "client")
    #expect(event.type == "user.updated")
    #expect(event.change == .updated(user))
    #expect(event.version == 1_654_012_824_306)
  }

  @Test func `Clerk's example of a deleted user decodes`() throws {
    let event = try Event.decode(Payload.example("user.deleted.dashboard"))
    #expect(event.type == "user.deleted")
    #expect(event.change == .deleted(id: "user_29wBMCtzATuFJut8jO2VNTVekS4"))
    #expect(event.version == 1_661_861_640_000)
    #expect(event.objectID == "user_29wBMCtzATuFJut8jO2VNTVekS4")
  }

  @Test func `A deleted user needs only an id`() throws {
    let event = try Event.decode(#"{"type":"user.deleted","data":{"id":"user_1"}}"#)
    #expect(event.change == .deleted(id: "user_1"))
  }

  @Test func `A user needs only an id and a primary address`() throws {
    let event = try Event.decode(
      """
      {"type":"user.updated","data":{"id":"user_1","primary_email_address_id":"idn_1",\
      "email_addresses":[{"id":"idn_1","email_address":"ada@example.org"}]}}
      """)
    #expect(event.change == .updated(User(id: "user_1", email: "ada@example.org", role: "client")))
  }

  @Test(arguments: ["first_name", "last_name"])
  func `A name that is null, empty or missing is empty`(member: String) throws {
    for value in ["null", #""""#, nil] {
      let user = try #require(try UserEvent(data: [member: value]).decode().user)
      #expect((member == "first_name" ? user.firstName : user.lastName) == "")
      #expect((member == "first_name" ? user.lastName : user.firstName) != "")
    }
  }

  @Test(arguments: [
    (#""Zoë""#, "Zoë"), (#""👩🏽‍🚀 𝒜""#, "👩🏽‍🚀 𝒜"), (#""\ud83d\ude80""#, "🚀"), (#""e\u0301""#, "e\u{301}"),
    (#""a\"b\\c\/d\n\t""#, "a\"b\\c/d\n\t"), (#""a\u0000b""#, "a\u{0}b"),
    (#""'); DROP TABLE users; --""#, "'); DROP TABLE users; --"),
    (#""  Ada  ""#, "  Ada  "),
  ])
  func `A name is decoded from JSON and otherwise unchanged`(json: String, name: String) throws {
    let user = try UserEvent(data: ["first_name": json]).decode().user
    #expect(user.map { Array($0.firstName.utf8) } == Array(name.utf8))
  }

  @Test func `Unknown members are ignored`() throws {
    let plain = try UserEvent().decode()
    let more = try UserEvent(
      data: ["new": #"{"deep":[1,2.5e300,null,{"x":"y"}]}"#, "type": "7", "banned": "true"],
      envelope: ["new": "[[]]", "object": "null", "instance_id": "42", "event_attributes": #""x""#]
    ).decode()
    #expect(more == plain)
  }

  @Test func `White space around the JSON is ignored`() throws {
    #expect(try Event.decode(" \r\n\t\(UserEvent().body)\n") == UserEvent().decode())
  }
}
