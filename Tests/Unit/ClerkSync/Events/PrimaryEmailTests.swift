import ClerkSync
import Testing

@Suite struct PrimaryEmailTests {
  private static let first = #"{"id":"idn_1","email_address":"first@example.org"}"#
  private static let second = #"{"id":"idn_2","email_address":"second@example.org"}"#

  @Test(arguments: [("idn_1", "first@example.org"), ("idn_2", "second@example.org")])
  func `The primary address is the one with the primary id, first or not`(id: String, email: String) throws {
    let event = try decode("[\(Self.first),\(Self.second)]", primary: "\"\(id)\"")
    #expect(event.user?.email == email)
  }

  @Test func `Entries without an id or an address are skipped`() throws {
    let event = try decode(
      #"[{},{"id":null,"email_address":null},{"id":"idn_9"},\#(Self.second)]"#, primary: #""idn_2""#)
    #expect(event.user?.email == "second@example.org")
  }

  @Test(arguments: ["ADA+tag@Example.ORG", "zoë@exämple.org", "\"a b\"@example.org", "' OR 1=1 --"])
  func `An address is taken unchanged`(email: String) throws {
    let json = email.replacing("\"", with: "\\\"")
    let event = try decode(#"[{"id":"idn_1","email_address":"\#(json)"}]"#, primary: #""idn_1""#)
    #expect(event.user?.email == email)
  }

  @Test(arguments: [
    Case("signed up by phone", addresses: "[]", primary: "null"),
    Case("no address, though one is primary", addresses: "[]", primary: #""idn_1""#),
    Case("addresses null", addresses: "null", primary: #""idn_1""#),
    Case("addresses missing", addresses: nil, primary: #""idn_1""#),
    Case("none is primary", addresses: "[\(first)]", primary: "null"),
    Case("primary missing", addresses: "[\(first)]", primary: nil),
    Case("primary empty", addresses: "[\(first)]", primary: #""""#),
    Case("primary matches none", addresses: "[\(first),\(second)]", primary: #""idn_3""#),
    Case("primary in other letters", addresses: "[\(first)]", primary: #""IDN_1""#),
    Case("neither has an id", addresses: #"[{"email_address":"a@example.org"}]"#, primary: "null"),
    Case("address null", addresses: #"[{"id":"idn_1","email_address":null}]"#, primary: #""idn_1""#),
    Case("address missing", addresses: #"[{"id":"idn_1"}]"#, primary: #""idn_1""#),
    Case("address empty", addresses: #"[{"id":"idn_1","email_address":""}]"#, primary: #""idn_1""#),
  ])
  func `A user without a primary address cannot be stored`(user: Case) {
    for type in ["user.created", "user.updated"] {
      let expected = EventError.noPrimaryEmail(
        type: type, userID: "user_1", version: 1_654_012_591_835,
        isExample: user.addresses == "[]" && user.primary == #""idn_1""#)
      #expect(throws: expected) {
        try decode(user.addresses, primary: user.primary, type: type)
      }
    }
  }

  @Test func `A user without a primary address can be deleted`() throws {
    let event = try decode("[]", primary: "null", type: "user.deleted")
    #expect(event.change == .deleted(id: "user_1"))
  }

  private func decode(
    _ addresses: String?, primary: String?, type: String = "user.created"
  ) throws -> Event {
    try UserEvent(type, data: ["email_addresses": addresses, "primary_email_address_id": primary]).decode()
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// JSON; nil for a missing member.
    let addresses: String?
    let primary: String?

    init(_ name: String, addresses: String?, primary: String?) {
      (testDescription, self.addresses, self.primary) = (name, addresses, primary)
    }
  }
}
