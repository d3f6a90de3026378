import Foundation
import TestSupport
import Testing

/// `verify`, of deliveries that were changed on their way.
@Suite struct VerifyTests {
  private static let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

  /// A delivery as it arrives; each case signs one body and receives another, or other headers.
  struct Received {
    var signed = Array(
      #"{"data":{"id":"user_1","url":"https://x/y","name":"Zoë <A&B>","n":1.0},"type":"t"}"#.utf8)
    var body: [UInt8]?
    var id = "msg_1"
    var age = 0
    var signedWith = SignedDelivery.secret
    var configured = SignedDelivery.secret
    /// The header lines, made of what was signed.
    var headers: (SignedDelivery) -> [String] = Received.lines

    static func lines(_ signed: SignedDelivery) -> [String] {
      ["svix-id: \(signed.id)", "svix-timestamp: \(signed.timestamp)", "svix-signature: \(signed.signature)"]
    }
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let explanation: String
    let change: @Sendable (inout Received) -> Void

    init(
      _ description: String, _ explanation: String, _ change: @escaping @Sendable (inout Received) -> Void
    ) {
      (testDescription, self.explanation, self.change) = (description, explanation, change)
    }
  }

  private func verify(_ received: Received, _ arguments: [String] = []) throws -> Command {
    let folder = try TemporaryFolder()
    let timestamp = "\(Int(Date.now.timeIntervalSince1970) - received.age)"
    let signed = try SignedDelivery(
      received.signed, id: received.id, secret: received.signedWith, timestamp: timestamp)
    try folder.write(received.headers(signed).joined(separator: "\n") + "\n", to: "headers")
    try Data(received.body ?? received.signed).write(to: URL(filePath: folder.file("body")))
    try folder.write(received.signedWith, to: "secret")
    return try Command.run(
      ["verify", "--headers", "headers", "--body", "body"] + arguments,
      environment: ["CLERK_WEBHOOK_SIGNING_SECRET": received.configured], in: folder)
  }

  static let rejected = [
    Case("signed long ago", "clock skew of 3600 s: the signature fits, its timestamp lies 3600 s in the past")
    {
      $0.age = 3600
    },
    Case("signed in the future", "in the future, more than 300") { $0.age = -3600 },
    Case("another secret", "most likely the wrong secret") { $0.signedWith = other },
    Case("LF added", "a trailing newline (LF) was added") { $0.body = $0.signed + [10] },
    Case("CR LF added", "a trailing newline (CR LF) was added") { $0.body = $0.signed + [13, 10] },
    Case("LF removed", "a trailing newline (LF) was removed") {
      $0.body = $0.signed
      $0.signed += [10]
    },
    Case("CR LF removed", "a trailing newline (CR LF) was removed") {
      $0.body = $0.signed
      $0.signed += [13, 10]
    },
    Case("white space around", "white space was added around") { $0.body = [32, 9] + $0.signed + [32] },
    Case("a byte order mark", "a byte order mark was added") { $0.body = [0xef, 0xbb, 0xbf] + $0.signed },
    Case("made CR LF", "were converted, LF became CR LF") {
      ($0.signed, $0.body) = (Array("{\n\"a\":\n1}".utf8), Array("{\r\n\"a\":\r\n1}".utf8))
    },
    Case("made LF", "were converted, CR LF became LF") {
      ($0.signed, $0.body) = (Array("{\r\n\"a\":\r\n1}\r\n".utf8), Array("{\n\"a\":\n1}\n".utf8))
    },
    Case("was compact", "had been compact JSON:") {
      $0.body = Array(
        """
        { "data" : {"id": "user_1", "url": "https:\\/\\/x\\/y", "name": "Zo\\u00eb \\u003cA\\u0026B\\u003e",
          "n": 1.0}, "type": "t" }
        """.utf8)
    },
    Case("was indented by 2, keys sorted", "had been JSON indented by 2, keys sorted") {
      $0.signed = Array("{\n  \"a\": [],\n  \"b\": [\n    1,\n    {}\n  ]\n}".utf8)
      $0.body = Array(#"{"b":[1,{}],"a":[]}"#.utf8)
    },
    Case("was indented by 4", "had been JSON indented by 4:") {
      ($0.signed, $0.body) = (Array("{\n    \"a\": null\n}\n".utf8), Array(#"{"a":null}"#.utf8))
    },
    Case(
      "was Python's", "had been JSON with a space after each comma and colon, non-ASCII characters escaped"
    ) {
      ($0.signed, $0.body) = (
        Array(#"{"a": "\u00eb\ud83d\ude00", "b": 1}"#.utf8), Array(#"{"a":"ë😀","b":1}"#.utf8)
      )
    },
    Case("was PHP's", "had been compact JSON, slashes and non-ASCII characters escaped") {
      ($0.signed, $0.body) = (Array(#"{"a":"\/\u00eb"}"#.utf8), Array(#"{"a":"/ë"}"#.utf8))
    },
    Case("was Go's", "had been compact JSON, <, > and & escaped") {
      ($0.signed, $0.body) = (Array(#"{"a":"\u003c\n\""}"#.utf8), Array(#"{"a":"<\u000a\u0022"}"#.utf8))
    },
    Case("compressed", "the body is compressed (gzip)") { $0.body = [0x1f, 0x8b, 8, 0] },
    Case("empty", "the body is empty") { $0.body = [] },
    Case("no headers", "no svix-* header at all") { $0.headers = { _ in ["host: example.org"] } },
    Case("a header missing", "no svix-timestamp: let the web server") {
      $0.headers = { Received.lines($0).filter { !$0.contains("timestamp") } }
    },
    Case("the wrong family complete", "no svix-signature: the webhook-* headers are complete, but count only")
    {
      $0.headers = { signed in
        let lines = Received.lines(signed)
        return lines.dropLast() + lines.map { $0.replacing("svix", with: "webhook") }
      }
    },
    Case("the other family fits", "the webhook-* headers fit, the svix-* ones do not") {
      $0.headers = { signed in
        let lines = Received.lines(signed)
        return ["svix-id: other"] + lines.dropFirst() + lines.map { $0.replacing("svix", with: "webhook") }
      }
    },
    Case("a doubled header", "svix-id came 2 times") {
      $0.headers = { ["svix-id: msg_2"] + Received.lines($0) }
    },
    Case("a full stop", "the id holds a full stop") { $0.id = "msg.1" },
    Case("a timestamp with a fraction", "the timestamp is not a number of seconds") {
      $0.headers = { Received.lines($0).map { $0.contains("timestamp") ? "\($0).5" : $0 } }
    },
    Case("another version", "no v1 signature, only v1a and v2") {
      $0.headers = { Received.lines($0).dropLast() + ["svix-signature: v2,AAAA v1a,BBBB"] }
    },
    Case("a signature cut short", "a v1 signature of 34 characters, where 44 are expected") {
      $0.headers = { Received.lines($0).map { $0.contains("signature") ? String($0.dropLast(10)) : $0 } }
    },
    Case("white space inside", "fits without the white space inside the headers") {
      $0.headers = { Received.lines($0).dropLast() + ["svix-signature: v1, \($0.signature.dropFirst(3))"] }
    },
  ]

  @Test(arguments: rejected) func `A rejected delivery is explained`(rejection: Case) throws {
    var received = Received()
    rejection.change(&received)
    let verified = try verify(received, ["--explain"])
    #expect(verified.status == 1)
    #expect(verified.errors.isEmpty)
    #expect(verified.output.hasPrefix("invalid: "))
    #expect(
      verified.lines.dropFirst().contains { $0.hasPrefix("- ") && $0.contains(rejection.explanation) },
      "\(verified.output)")
    #expect(
      !verified.output.contains("whsec_") && !verified.output.contains(SignedDelivery.secret.dropFirst(6)))
    // The signature that was sent begins so; none is ever shown.
    #expect(!verified.output.contains("v1,"))
    let silent = try verify(received)
    #expect(silent.status == 1)
    #expect(silent.lines.count == 1)
  }

  @Test(
    arguments: [
      { Received.lines($0) },
      { Received.lines($0).map { "> \($0)\r" } + ["> ", "* Connected"] },
      { Received.lines($0).map { "\($0.uppercased().prefix(8))\($0.dropFirst(8))" } },
      {
        [
          "HTTP_SVIX_ID=\($0.id)", "HTTP_SVIX_TIMESTAMP=\($0.timestamp)",
          "HTTP_SVIX_SIGNATURE=\($0.signature)",
        ]
      },
      { Received.lines($0).map { $0.replacing("svix", with: "webhook") } },
    ] as [@Sendable (SignedDelivery) -> [String]])
  func `A delivery is valid however its headers were written down`(
    headers: @escaping @Sendable (SignedDelivery) -> [String]
  ) throws {
    let verified = try verify(Received(headers: headers), ["--explain"])
    #expect(verified.status == 0)
    #expect(verified.output == "valid\n")
  }

  @Test func `A delivery by the old secret of a rotation is valid, and said to be`() throws {
    let verified = try verify(Received(configured: "\(Self.other),\(SignedDelivery.secret)"), ["--explain"])
    #expect(verified.status == 0)
    #expect(verified.output.contains("signed with secret 2 of the 2 configured, an old one"))
  }

  @Test func `A secret that is not configured is found in a file`() throws {
    let verified = try verify(Received(signedWith: Self.other), ["--explain", "--secret-file", "secret"])
    #expect(verified.status == 1)
    #expect(verified.output.contains("wrong secret: signed with one of secret, which is not configured"))
    #expect(!verified.output.contains("whsec_"))
  }

  @Test(arguments: [
    (["--headers", "-", "--body", "-"], "expected standard input for one"),
    (["--body", "-"], "Missing expected"),
    (["--headers", "missing", "--body", "-"], "expected a file with a header a line"),
    (["--headers", "-", "--body", "missing"], "expected the file with the raw body"),
    (["--headers", "-", "--body", "input", "--secret-file", "input"], "expected --explain"),
    (
      ["--headers", "-", "--body", "input", "--explain", "--secret-file", "input"],
      "expected a file with signing secrets"
    ),
  ])
  func `Wrong input is told in one line`(arguments: [String], expected: String) throws {
    let folder = try TemporaryFolder()
    let verified = try Command.run(
      ["verify"] + arguments, environment: ["CLERK_WEBHOOK_SIGNING_SECRET": SignedDelivery.secret], in: folder
    )
    #expect(verified.status == 64)
    #expect(verified.errors.contains(expected), "\(verified.errors)")
    #expect(verified.errors.split(separator: "\n").count == 1)
  }
}
