import Testing

@testable import ClerkSync

@Suite struct RoleTests {
  @Test(arguments: ["admin", "trainer", "client"])
  func `The role comes from the public metadata`(role: String) throws {
    let event = try UserEvent(data: ["public_metadata": #"{"role":"\#(role)","more":[1]}"#]).decode()
    #expect(event.user?.role == role)
    #expect(event.warnings.isEmpty)
  }

  @Test(arguments: ["{}", "null", nil, #"{"role":null}"#, #"{"Role":"admin"}"#, #"{"roles":["admin"]}"#])
  func `Without a role the user is a client`(metadata: String?) throws {
    let event = try UserEvent(data: ["public_metadata": metadata]).decode()
    #expect(event.user?.role == "client")
    #expect(event.warnings.isEmpty)
  }

  @Test(arguments: [
    #"{"role":"owner"}"#, #"{"role":"Admin"}"#, #"{"role":" admin"}"#, #"{"role":"admin "}"#, #"{"role":""}"#,
    #"{"role":"admin\u0000"}"#, #"{"role":"admin,trainer"}"#, #"{"role":1}"#, #"{"role":true}"#,
    #"{"role":["admin"]}"#, #"{"role":{"name":"admin"}}"#, #"["admin"]"#, #""admin""#, "1", "true",
  ])
  func `An unknown role becomes client, and is reported`(metadata: String) throws {
    let event = try UserEvent(data: ["public_metadata": metadata]).decode()
    #expect(event.user?.role == "client")
    #expect(!event.warnings.isEmpty)
  }

  @Test(arguments: [#"{}"#, "null", nil, #"{"role":null}"#])
  func `A role is read from nowhere else`(publicMetadata: String?) throws {
    let event = try UserEvent(
      data: [
        "public_metadata": publicMetadata, "unsafe_metadata": #"{"role":"admin"}"#,
        "private_metadata": #"{"role":"admin"}"#, "role": #""admin""#,
      ], envelope: ["role": #""admin""#, "public_metadata": #"{"role":"admin"}"#]
    ).decode()
    #expect(event.user?.role == "client")
    #expect(event.warnings.isEmpty)
  }

  @Test func `The roles are configurable, and the last one is the default`() throws {
    let roles = try #require(Roles("boss, staff guest"))
    for (role, expected, isUnknown) in [
      ("boss", "boss", false), ("staff", "staff", false), ("guest", "guest", false), ("admin", "guest", true),
    ] {
      let event = try UserEvent(data: ["public_metadata": #"{"role":"\#(role)"}"#]).decode(
        .users(roles: roles, timestamps: .milliseconds))
      #expect(event.user?.role == expected)
      #expect(event.warnings.isEmpty != isUnknown)
    }
    #expect(try UserEvent().decode(.users(roles: roles, timestamps: .milliseconds)).user?.role == "guest")
  }

  @Test(arguments: ["a,b", "a b", " a , b ", "a,,b,", "a\nb"])
  func `Role names are separated by commas and white space`(text: String) throws {
    let roles = try #require(Roles(text))
    #expect(roles == Roles("a,b"))
    #expect(roles.fallback == "b")
  }

  @Test(arguments: ["", " ", ",", "\n,\n"])
  func `There is at least one role`(text: String) {
    #expect(Roles(text) == nil)
  }
}
