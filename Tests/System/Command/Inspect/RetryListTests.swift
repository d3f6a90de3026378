import TestSupport
import Testing

@Suite(.programs) struct RetryListTests {
  private let site: ReadingSite

  init() throws {
    site = try ReadingSite()
  }

  @Test func `Failed deliveries are listed with their causes and how to replay them`() throws {
    try site.fill()
    try site.deliver(Payload.user(id: "user_4", email: "user_1@example.org"), id: "msg_failed")
    let command = try site.run("retry-list")
    #expect(command.status == 1)
    #expect(command.errors.isEmpty)
    #expect(command.lines.count == 3)
    #expect(command.lines[1].contains(/^msg_failed +user.created +2 +.* user_4 +database_error: .*user_1/))
    #expect(
      command.lines[2] == "To replay: Clerk dashboard > Webhooks > the endpoint > the message id > Replay.")
  }

  @Test func `JSON has one object per delivery`() throws {
    try site.fill()
    let command = try site.run("retry-list", "--json")
    #expect(command.status == 1)
    #expect(command.lines.count == 1)
    #expect(command.output.contains(#""id":"msg_failed""#))
    #expect(command.output.contains(#""userId":"user_4""#))
  }

  @Test func `An empty list is reported`() throws {
    try site.deliver(Payload.user(id: "user_1"))
    let command = try site.run("retry-list")
    #expect(command.status == 0)
    #expect(command.output == "No failed deliveries.\n")
    #expect(try site.run("retry-list", "--json").output.isEmpty)
  }
}
