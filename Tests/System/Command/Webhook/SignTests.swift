import Foundation
import TestSupport
import Testing

@Suite(.programs) struct SignTests {
  private static let environment = ["CLERK_WEBHOOK_SIGNING_SECRET": SignedDelivery.secret]
  private let folder: TemporaryFolder
  private let body: String

  init() throws {
    folder = try TemporaryFolder()
    body = try folder.write(Payload.user(id: "user_1", firstName: "Zoë") + "\n", to: "body.json")
  }

  private func sign(_ arguments: [String], standardInput: String? = nil) throws -> Command {
    try Command.run(
      ["sign"] + arguments, environment: Self.environment, standardInput: standardInput, in: folder)
  }

  @Test func `The official library accepts a signature made here`() throws {
    let signed = try sign([body])
    #expect(signed.status == 0)
    #expect(try Official.accepts(signed.output, body: body, in: folder))
    #expect(try !Official.accepts(signed.output.replacing("msg_", with: "msg_X"), body: body, in: folder))
  }

  @Test func `A signature of the official library is valid here`() throws {
    let headers = try folder.write(Official.headers(of: body, in: folder), to: "headers")
    let verified = try Command.run(
      ["verify", "--headers", headers, "--body", body], environment: Self.environment, in: folder)
    #expect(verified.status == 0)
    #expect(verified.output == "valid\n")
  }

  @Test func `curl reads the headers from standard input, and the handler accepts them`() throws {
    let server = try NginxServer()
    let curl = try ChildProcess(
      "/bin/sh",
      [
        "-c", #""$0" sign "$1" | curl -sS -H @- --data-binary "@$1" "$2""#, Command.executable, body,
        "\(server.url)/api/webhooks",
      ],
      environment: Self.environment, folder: folder.path, output: folder.file("curl.log"))
    #expect(curl.exitStatus() == 0)
    #expect(curl.log.hasPrefix(#"{"outcome":"applied""#))
  }

  @Test func `The given id and time produce the signature in Svix's documentation`()
    throws
  {
    let signed = try sign(
      ["-", "--id", "msg_p5jXN8AQM9LWM0D4loKWxJek", "--timestamp", "1614265330"],
      standardInput: #"{"test": 2432232314}"#)
    let lines = [
      "svix-id: msg_p5jXN8AQM9LWM0D4loKWxJek", "svix-timestamp: 1614265330",
      "svix-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ]
    #expect(signed.lines == lines)
  }

  @Test(arguments: [
    (["missing.json"], "expected the file with the body to sign"),
    (["-", "--timestamp", "now"], "expected whole seconds since 1970"),
    (["-", "--timestamp=-1"], "expected whole seconds"),
    (["-", "--timestamp", "0"], "expected whole seconds"),
    (["-", "--id", ""], "expected visible ASCII"), (["-", "--id", "msg_1 2"], "expected visible ASCII"),
  ])
  func `Invalid input is reported in one line`(arguments: [String], expected: String) throws {
    let signed = try sign(arguments)
    #expect(signed.status == 64)
    #expect(signed.errors.contains(expected), "\(signed.errors)")
    #expect(signed.errors.split(separator: "\n").count == 1)
    #expect(signed.output.isEmpty)
  }
}
