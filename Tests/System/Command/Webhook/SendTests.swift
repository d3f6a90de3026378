import Foundation
import TestSupport
import Testing

/// Tests of `send` with the real handler behind the real nginx.
@Suite(.programs) struct SendTests {
  private static let environment = ["CLERK_WEBHOOK_SIGNING_SECRET": SignedDelivery.secret]
  private let columns: StaticString = "SELECT id, email, firstName, lastName, role FROM users"
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func send(
    _ arguments: [String], environment: [String: String] = Self.environment, standardInput: String? = nil
  ) throws -> Command {
    try Command.run(["send"] + arguments, environment: environment, standardInput: standardInput, in: folder)
  }

  @Test func `The examples of Clerk's dashboard create, update and delete a user`() throws {
    let server = try NginxServer()
    let endpoint = ["--url", "\(server.url)/api/webhooks", "--user", "user_1"]
    let database = DatabaseFile(server.database)

    let created = try send(["user.created", "--id", "msg_1"] + endpoint)
    #expect(created.status == 0)
    #expect(created.errors.isEmpty)
    let lines = [
      "svix-id  msg_1", "user     user_1", "status   200", #"answer   {"outcome":"applied","id":"msg_1"}"#,
    ]
    #expect(created.lines == lines)
    let example = [["user_1", "user_1@example.org", "Example", "Example", "client"]]
    #expect(try database.rows(columns, columns: 5) == example)

    let details = [
      "--email", "ada@example.org", "--first-name", #"A"da\"#, "--last-name", "Łovelace", "--role", "admin",
    ]
    #expect(try send(["user.updated"] + endpoint + details).status == 0)
    let updated = [["user_1", "ada@example.org", #"A"da\"#, "Łovelace", "admin"]]
    #expect(try database.rows(columns, columns: 5) == updated)

    #expect(try send(["user.deleted"] + endpoint).status == 0)
    #expect(try database.rows(columns, columns: 5).isEmpty)
  }

  @Test func `An example event names the configured instance`() throws {
    let server = try NginxServer(environment: ["CLERK_SYNC_INSTANCE": "ins_prod"])
    let sample = ["user.created", "--url", "\(server.url)/api/webhooks"]
    func send(_ instance: String?) throws -> Command {
      try self.send(
        sample, environment: Self.environment.merging(["CLERK_SYNC_INSTANCE": instance ?? ""]) { $1 })
    }
    #expect(try send("ins_prod").status == 0)
    for instance in ["ins_dev", nil] {
      let refused = try send(instance)
      #expect(refused.status == 2)
      #expect(refused.output.contains(#""error":"wrong_instance""#), "\(refused.output)")
      #expect(refused.errors.contains("the handler's CLERK_SYNC_INSTANCE is another one: set the same here"))
    }
  }

  @Test func `Each example is about a new user`() throws {
    let server = try NginxServer()
    for _ in 1...2 {
      let sent = try send(["user.created", "--url", "\(server.url)/api/webhooks"])
      #expect(sent.status == 0)
    }
    #expect(try DatabaseFile(server.database).rows("SELECT count(*) FROM users") == [["2"]])
  }

  @Test(arguments: [true, false]) func `A file is sent unchanged`(isStandardInput: Bool) throws {
    let server = try NginxServer()
    let body = String(decoding: try Payload.example("user.created.docs"), as: UTF8.self) + "\r\n"
    let file = try folder.write(body, to: "event.json")
    let sent = try send(
      [isStandardInput ? "-" : file, "--url", "\(server.url)/api/webhooks"],
      standardInput: isStandardInput ? body : nil)
    #expect(sent.status == 0)
    let ids = try DatabaseFile(server.database).rows("SELECT id FROM users")
    #expect(ids == [["user_29w83sxmDNGwOuEthce5gg56FcC"]])
  }

  struct Refusal: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var path = "/api/webhooks"
    var body = Payload.user(id: "user_1", email: "ada@example.org")
    var secret = SignedDelivery.secret
    let status: Int
    let advice: String
  }

  private static let refusals = [
    Refusal(
      testDescription: "another secret", secret: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", status: 400,
      advice: "the endpoint has another secret"),
    Refusal(
      testDescription: "another path", path: "/other", status: 404,
      advice: "expected a path ending in /api/webhooks"),
    Refusal(
      testDescription: "health", path: "/api/health", status: 405, advice: "this path does not accept POST"),
    Refusal(testDescription: "no event", body: "[]", status: 400, advice: "correct the body"),
    Refusal(
      testDescription: "too long",
      body: Payload.user(id: "user_1", firstName: String(repeating: "A", count: 2000)), status: 413,
      advice: "client_max_body_size"),
  ]

  @Test func `Each rejection is explained, with a remedy`() throws {
    let server = try NginxServer(changes: [("client_max_body_size 1m;", "client_max_body_size 1k;")])
    for refusal in Self.refusals {
      let file = try folder.write(refusal.body, to: "event.json")
      let sent = try send(
        [file, "--url", server.url + refusal.path],
        environment: ["CLERK_WEBHOOK_SIGNING_SECRET": refusal.secret])
      #expect(sent.status == 2, "\(refusal)")
      #expect(sent.lines.contains("status   \(refusal.status)"), "\(refusal): \(sent.output)")
      #expect(sent.errors.contains(refusal.advice), "\(refusal): \(sent.errors)")
      #expect(sent.errors.split(separator: "\n").count == 1)
      for confidential in [refusal.secret, "ada@example.org", "AAAA"] {
        #expect(!sent.errors.contains(confidential) && !sent.output.contains(confidential))
      }
    }
  }

  @Test func `A handler without a secret is distinguished from one that is not running`() throws {
    let server = try NginxServer(environment: ["CLERK_WEBHOOK_SIGNING_SECRET": ""])
    let unset = try send(["user.deleted", "--url", "\(server.url)/api/webhooks"])
    #expect(unset.errors.contains("the handler has no secret"))
    kill(server.handlerID, SIGKILL)
    let gone = try send(["user.deleted", "--url", "\(server.url)/api/webhooks"])
    #expect(gone.status == 2)
    #expect(gone.errors.contains("answered 502: the web server cannot reach the handler"))
  }

  @Test func `Without a secret, the error names the variable to set`() throws {
    let sent = try send(["user.created"], environment: [:])
    #expect(sent.status == 78)
    #expect(sent.errors.contains("set CLERK_WEBHOOK_SIGNING_SECRET"))
    #expect(sent.errors.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    (["user.create"], "expected an event such as user.created, or a file"),
    (["user.deleted", "--email", "ada@example.org"], "does not contain --email: expected none but --user"),
    (["-", "--user", "user_1"], "expected no option that describes an object"),
    (["user.created", "--url", "example.org"], "expected http:// or https://"),
    (["user.created", "--id", "msg.1"], "without a full stop"),
    (["user.created", "--id", "msg\n1"], "expected visible ASCII"),
    ([], "Missing expected argument"),
  ])
  func `Invalid input is reported in one line`(arguments: [String], expected: String) throws {
    let sent = try send(arguments)
    #expect(sent.status == 64)
    #expect(sent.errors.contains(expected), "\(sent.errors)")
    #expect(sent.errors.split(separator: "\n").count == 1)
    #expect(sent.output.isEmpty)
  }
}
