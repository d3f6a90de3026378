import ClerkSync
import Testing

@Suite struct MalformedEventTests {
  @Test(arguments: [
    Case("empty", "", "the body is not JSON"),
    Case("white space", " \n", "the body is not JSON"),
    Case("text", "ada@example.org", "the body is not JSON"),
    Case("form", "type=user.created&data=ada@example.org", "the body is not JSON"),
    Case("XML", "<event>ada@example.org</event>", "the body is not JSON"),
    Case("two objects", #"{"type":"a"}{"type":"ada@example.org"}"#, "the body is not JSON"),
    Case("unquoted key", #"{type:"ada@example.org"}"#, "the body is not JSON"),
    Case("lone surrogate", #"{"type":"ada@example.org\ud800"}"#, "the body is not JSON"),
    Case("array", #"["ada@example.org"]"#, "the body is not an object"),
    Case("string", #""ada@example.org""#, "the body is not an object"),
    Case("number", "42", "the body is not an object"),
    Case("null", "null", "the body is null, not an object"),
    Case("no type", #"{"data":"ada@example.org"}"#, #"the body lacks "type""#),
    Case("type null", #"{"type":null}"#, "type is null, not a string"),
    Case("type a number", #"{"type":42}"#, "type is not a string"),
    Case("no data", #"{"type":"user.created"}"#, #"the body lacks "data""#),
    Case(
      "data null", #"{"type":"user.deleted","data":null}"#, "data is null, not an object"),
    Case(
      "data a string", #"{"type":"user.created","data":"ada@example.org"}"#,
      "data is not an object"),
    Case("id a number", UserEvent(data: ["id": "42"]).body, "data.id is not a string"),
    Case(
      "name a number", UserEvent(data: ["first_name": "42"]).body, "data.first_name is not a string"),
    Case(
      "addresses an object", UserEvent(data: ["email_addresses": #"{"a":"ada@example.org"}"#]).body,
      "data.email_addresses is not an array"),
    Case(
      "address a number", UserEvent(data: ["email_addresses": #"[{"email_address":42}]"#]).body,
      "data.email_addresses.0.email_address is not a string"),
    Case(
      "primary a number", UserEvent(data: ["primary_email_address_id": "42"]).body,
      "data.primary_email_address_id is not a string"),
  ])
  func `A malformed event is reported by its path, not by its values`(body: Case) {
    #expect(throws: EventError.malformed(reason: body.reason)) { try Event.decode(body.json) }
  }

  @Test(arguments: ["ada@example.org", #"two\nlines"#, String(repeating: "a", count: 33)])
  func `A key that a user has chosen is not repeated`(key: String) throws {
    let mapping = try Mapping(json5: "{ user: { table: 'u', key: { id: 'id' }, columns: { o: 'object' } } }")
    let metadata = #"{"a":{"b":{"\#(key)":[{"c":"\ud800"}]}}}"#
    let reason = "data.unsafe_metadata.a.b.*.0… is not valid text"
    #expect(throws: EventError.malformed(reason: reason)) {
      try UserEvent(data: ["unsafe_metadata": metadata]).decode(mapping)
    }
  }

  @Test func `Every truncation of an event is malformed`() {
    let body = Array(UserEvent().body.utf8)
    for count in 0..<body.count {
      #expect(throws: EventError.malformed(reason: "the body is not JSON")) {
        try Event.decode(body.prefix(count))
      }
    }
  }

  @Test(arguments: [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x9a], [0x00]] as [[UInt8]])
  func `Bytes that are not UTF-8 are malformed`(bytes: [UInt8]) {
    let body = Array(#"{"type":"a"#.utf8) + bytes + Array(#""}"#.utf8)
    #expect(throws: EventError.malformed(reason: "the body is not JSON")) { try Event.decode(body) }
  }

  @Test(arguments: [1_000, 100_000], ["[", #"{"a":"#])
  func `Unlimited nesting is malformed and does no harm`(depth: Int, opening: String) {
    let value = String(repeating: opening, count: depth)
    let error = #expect(throws: EventError.self) { try Event.decode(#"{"type":"a","data":"# + value) }
    #expect(error == .malformed(reason: "the body is not JSON"))
  }

  @Test(arguments: ["user.created", "user.updated", "user.deleted"])
  func `A user without an id has an error of its own`(type: String) {
    for id in [nil, "null", #""""#] {
      #expect(throws: EventError.noUserID(type: type)) { try UserEvent(type, data: ["id": id]).decode() }
    }
    for id in ["42", "true", #"["user_1"]"#, "{}"] {
      #expect(throws: EventError.malformed(reason: "data.id is not a string")) {
        try UserEvent(type, data: ["id": id]).decode()
      }
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let json: String
    let reason: String

    init(_ name: String, _ json: String, _ reason: String) {
      (testDescription, self.json, self.reason) = (name, json, reason)
    }
  }
}
