import Foundation
import TestSupport
import Testing

/// Tests of two Clerk instances on one handler, each with its own location.
@Suite(.programs) struct InstanceTests {
  private static let secrets = [
    "first": SignedDelivery.secret, "second": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
  ]

  @Test(arguments: ["per-request", "shared"])
  func `A delivery signed for one instance never reaches the other`(connection: String) throws {
    let folder = try TemporaryFolder()
    let server = try start(in: folder, connection: connection)
    // Each user id names its signer, and every second message goes to the other instance.
    let requests = (0..<120).map { number in
      let (signer, other) = number % 2 == 0 ? ("first", "second") : ("second", "first")
      let isStray = number % 4 >= 2
      var request = server.request(
        Payload.user(id: "\(signer)_\(number)"), at: "/\(isStray ? other : signer)/api/webhooks")
      request.secret = Self.secrets[signer]
      return (request: request, isStray: isStray)
    }
    let answers = try Sender.send(requests.map(\.request), connections: 8)
    for (request, answer) in zip(requests, answers) {
      #expect(answer.status == (request.isStray ? 400 : 200))
      #expect(
        answer[request.isStray ? "error" : "outcome"] == (request.isStray ? "invalid_signature" : "applied"))
    }
    for name in Self.secrets.keys {
      let database = DatabaseFile(folder.file("\(name).db"))
      let users = try database.rows("SELECT id FROM users").compactMap(\.first).compactMap(\.self)
      #expect(users.count == 30)
      #expect(users.allSatisfy { $0.hasPrefix(name) })
      // Not even as a failure: the ledger only contains verified deliveries.
      #expect(try database.rows("SELECT count(*) FROM clerk_sync_deliveries") == [["30"]])
    }
    #expect(try DatabaseFile(server.database).rows("SELECT id FROM users").isEmpty)
  }

  @Test func `A message id of one instance is not a duplicate at the other`() throws {
    let server = try start(in: TemporaryFolder(), connection: "per-request")
    for (name, secret) in Self.secrets {
      var request = server.request(Payload.user(id: "user_1"), at: "/\(name)/api/webhooks")
      (request.id, request.secret) = ("msg_1", secret)
      #expect(try server.answer(request)["outcome"] == "applied")
    }
  }

  @Test func `An instance with an unreadable secret rejects everything, and the other works`() throws {
    let folder = try TemporaryFolder()
    let server = try start(in: folder, connection: "per-request")
    try FileManager.default.removeItem(atPath: folder.file("second.secret"))
    let answers = try ["second", "first"].map {
      try server.answer(server.request(Payload.user(id: "user_1"), at: "/\($0)/api/webhooks"))
    }
    #expect(answers.map(\.status) == [500, 200])
    #expect(answers.first?["error"] == "configuration_error")
  }

  @Test func `The API of an instance accepts its own token and returns its own users`() throws {
    let server = try start(in: TemporaryFolder(), connection: "per-request")
    for (name, secret) in Self.secrets {
      var request = server.request(Payload.user(id: "\(name)_1"), at: "/\(name)/api/webhooks")
      request.secret = secret
      #expect(try server.answer(request).status == 200)
    }
    for (name, other) in [("first", "second"), ("second", "first")] {
      let own = try server.answer(server.reading("/\(name)/api/users", token: Self.token(of: name)))
      #expect(own.body.contains("\(name)_1") && !own.body.contains("\(other)_1"))
      let stray = try server.answer(server.reading("/\(name)/api/users", token: Self.token(of: other)))
      #expect(stray.status == 401)
    }
  }

  private static func token(of name: String) -> String { "token-of-the-\(name)-one" }

  /// The locations of conf/ twice, each with the commented lines for its own instance enabled.
  private func start(in folder: TemporaryFolder, connection: String) throws -> NginxServer {
    let file = try ConfigurationFile("nginx/clerk-sync.conf")
    let webhook = try file.block(from: "  location ~ /api/webhooks", to: "  }")
    let api = try file.block(from: "  location ~ /api/(health", to: "  }")
    let locations = try Self.secrets.map { name, secret in
      try folder.write(secret, to: "\(name).secret")
      try folder.write(Self.token(of: name), to: "\(name).token")
      return "\(webhook)\n\(api)"
        .replacing("location ~ /api/", with: "location ~ ^/\(name)/api/")
        .replacing("/etc/clerk-sync/second.token", with: folder.file("\(name).token"))
        .replacing("# fastcgi_param", with: "fastcgi_param")
        .replacing("/etc/clerk-sync/second.secret", with: folder.file("\(name).secret"))
        .replacing("/var/lib/clerk-sync/second.db", with: folder.file("\(name).db"))
    }
    return try NginxServer(
      in: folder, environment: ["CLERK_WEBHOOK_SIGNING_SECRET": "", "CLERK_SYNC_CONNECTION": connection],
      changes: [(webhook, locations.joined(separator: "\n"))])
  }
}
