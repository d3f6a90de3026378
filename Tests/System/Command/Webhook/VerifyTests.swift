import Foundation
import TestSupport
import Testing

/// Tests of `verify` with deliveries that were changed in transit.
@Suite(.programs) struct VerifyTests {
  static let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

  /// A delivery as received. Each case signs one body and receives another, or other headers.
  struct Received {
    var signed = Array(
      #"{"data":{"id":"user_1","url":"https://x/y","name":"Zoë <A&B>","n":1.0},"type":"t"}"#.utf8)
    var body: [UInt8]?
    var id = "msg_1"
    var age = 0
    var unit = Unit.seconds
    var signedWith = SignedDelivery.secret
    var configured = SignedDelivery.secret
    /// The header lines, made from the signed delivery.
    var headers: (SignedDelivery) -> [String] = Received.lines

    enum Unit: Int {
      case seconds = 1
      case milliseconds = 1000
    }

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

  private func verify(
    _ received: Received, _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws -> Command {
    let folder = try TemporaryFolder()
    let timestamp = "\((Int(Date.now.timeIntervalSince1970) - received.age) * received.unit.rawValue)"
    let signed = try SignedDelivery(
      received.signed, id: received.id, secret: received.signedWith, timestamp: timestamp)
    try folder.write(received.headers(signed).joined(separator: "\n") + "\n", to: "headers")
    try Data(received.body ?? received.signed).write(to: URL(filePath: folder.file("body")))
    try folder.write(received.signedWith, to: "secret")
    return try Command.run(
      ["verify", "--headers", "headers", "--body", "body"] + arguments,
      environment: environment.merging(["CLERK_WEBHOOK_SIGNING_SECRET": received.configured]) { $1 },
      in: folder)
  }

  @Test(arguments: VerifyCases.rejected) func `A rejected delivery is explained`(rejection: Case) throws {
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
    // No signature is ever printed; each begins with this prefix.
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
  func `A delivery is valid in every notation of its headers`(
    headers: @escaping @Sendable (SignedDelivery) -> [String]
  ) throws {
    let verified = try verify(Received(headers: headers), ["--explain"])
    #expect(verified.status == 0)
    #expect(verified.output == "valid\n")
  }

  @Test func `A delivery signed with the old secret is valid, and reported as such`() throws {
    let verified = try verify(Received(configured: "\(Self.other),\(SignedDelivery.secret)"), ["--explain"])
    #expect(verified.status == 0)
    #expect(verified.output.contains("signed with secret 2 of the 2 configured, an old one"))
  }

  @Test(arguments: [("600", 0), ("10", 1)] as [(String, Int32)])
  func `The configured tolerance counts`(tolerance: String, status: Int32) throws {
    let received = Received(age: 400)
    let verified = try verify(received, ["--explain"], environment: ["CLERK_SYNC_TOLERANCE": tolerance])
    #expect(verified.status == status, "\(verified.output)")
    #expect(verified.output.contains("more than 10 s") == (status == 1))
    #expect(try verify(received).status == 1)
  }

  @Test(arguments: [
    #""\#(SignedDelivery.secret)""#, "'\(SignedDelivery.secret)'", "“\(SignedDelivery.secret)”",
  ])
  func `Quotation marks around a secret are named`(quoted: String) throws {
    let configured = try verify(Received(configured: quoted), ["--explain"])
    #expect(configured.status == 78)
    #expect(
      configured.errors
        == "clerk-sync: CLERK_WEBHOOK_SIGNING_SECRET has quotation marks around or in the secret, which are taken as "
        + "part of it: remove them\n")
    let folder = try TemporaryFolder()
    try folder.write(quoted, to: "secret")
    let tried = try verify(Received(), ["--explain", "--secret-file", folder.file("secret")])
    #expect(tried.status == 64)
    #expect(
      tried.errors.contains(
        "expected a file with signing secrets (whsec_ and base64) without quotation marks"))
  }

  @Test func `A secret that is not configured is found in a file`() throws {
    let verified = try verify(Received(signedWith: Self.other), ["--explain", "--secret-file", "secret"])
    #expect(verified.status == 1)
    #expect(verified.output.contains("wrong secret: signed with one from secret, which is not configured"))
    #expect(!verified.output.contains("whsec_"))
  }

  @Test(arguments: [
    (["--headers", "-", "--body", "-"], "expected standard input for only one"),
    (["--body", "-"], "Missing expected"),
    (["--headers", "missing", "--body", "-"], "expected a file with one header per line"),
    (["--headers", "-", "--body", "missing"], "expected the file with the raw body"),
    (["--headers", "-", "--body", "input", "--secret-file", "input"], "expected --explain"),
    (
      ["--headers", "-", "--body", "input", "--explain", "--secret-file", "input"],
      "expected a file with signing secrets"
    ),
  ])
  func `Invalid input is reported in one line`(arguments: [String], expected: String) throws {
    let folder = try TemporaryFolder()
    let verified = try Command.run(
      ["verify"] + arguments, environment: ["CLERK_WEBHOOK_SIGNING_SECRET": SignedDelivery.secret], in: folder
    )
    #expect(verified.status == 64)
    #expect(verified.errors.contains(expected), "\(verified.errors)")
    #expect(verified.errors.split(separator: "\n").count == 1)
  }
}
