import TestSupport
import Testing

@testable import ClerkSync

@Suite struct BackendObjectTests {
  private static let ada = """
    {"id":"user_1","first_name":"Ada","last_name":null,"primary_email_address_id":"idn_1","public_metadata":{},\
    "email_addresses":[{"id":"idn_1","email_address":"user_1@example.org"}],"updated_at":1700000000123}
    """

  @Test(arguments: ["[\(ada)]", #"{"data":[\#(ada)]}"#, ada])
  func `All three forms of a list decode`(json: String) throws {
    let users = try BackendObject.list(decoding: Array(json.utf8), mapping: .builtIn).map { try $0.get() }
    #expect(
      users.map(\.user) == [User(id: "user_1", email: "user_1@example.org", firstName: "Ada", role: "client")]
    )
    #expect(users.map(\.updatedAt) == [1_700_000_000_123])
  }

  @Test(arguments: [
    (#"{"id":"user_2"}"#, "user_2", "no primary e-mail address"), (#"{"first_name":"Eve"}"#, nil, "no id"),
    (
      #"{"id":"user_2","email_addresses":7}"#, "user_2",
      "not as expected: 0.email_addresses is not an array"
    ),
    ("7", nil, "not as expected: 0 is not an object"),
  ])
  func `A user that cannot be stored fails alone`(json: String, id: String?, reason: String) throws {
    let users = try BackendObject.list(decoding: Array("[\(json),\(Self.ada)]".utf8), mapping: .builtIn)
    #expect(users.count == 2)
    #expect((try? users[1].get())?.id == "user_1")
    let unusable = #expect(throws: UnusableObject.self) { try users[0].get() }
    #expect(unusable?.id == id)
    #expect(unusable?.description == reason)
  }

  @Test(arguments: ["", "7", "null", #"{"data":7}"#, "[1"])
  func `A document that is not a list is refused`(json: String) {
    #expect(throws: EventError.self) { try BackendObject.list(decoding: Array(json.utf8), mapping: .builtIn) }
  }

  @Test func `An unknown role and a missing updated_at are reported`() throws {
    let json =
      #"{"id":"user_1","primary_email_address_id":"a","email_addresses":[{"id":"a","email_address":"a@b"}],"#
      + #""public_metadata":{"role":"owner"}}"#
    let user = try BackendObject.list(decoding: Array(json.utf8), mapping: .builtIn)[0].get()
    #expect(!user.record.warnings.isEmpty)
    #expect(user.user?.role == "client")
    #expect(user.updatedAt == 0)
  }
}
