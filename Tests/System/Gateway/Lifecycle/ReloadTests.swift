import Foundation
import SQLite
import TestSupport
import Testing

/// SIGHUP makes the handler read its secret files again.
@Suite(.programs) struct ReloadTests {
  private static let new = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
  private static let variable = "CLERK_WEBHOOK_SIGNING_SECRET_FILE"
  private let folder: TemporaryFolder
  private let handler: Handler

  init() throws {
    folder = try TemporaryFolder()
    let path = try folder.write(SignedDelivery.secret, to: "secret")
    handler = try Handler(
      in: folder, environment: ["CLERK_WEBHOOK_SIGNING_SECRET": "", Self.variable: path])
    #expect(try handler.isHealthy())
  }

  @Test func `A rotation needs no restart`() throws {
    #expect(try status(SignedDelivery.secret) == 200)
    try folder.write(Self.new, to: "secret")
    #expect(try status(Self.new) == 400)

    try reload(logging: "info read the secret files again")
    #expect(try status(Self.new) == 200)
    #expect(try status(SignedDelivery.secret) == 400)

    try folder.write("\(SignedDelivery.secret),\(Self.new)\n", to: "secret")
    try reload(logging: "secrets=2")
    #expect(try status(Self.new) == 200)
    #expect(try status(SignedDelivery.secret) == 200)
  }

  @Test(arguments: [
    ("is not a secret", "sk_live_c2VjcmV0", "does not decode"), ("is empty", "", "an empty signing secret"),
    ("is gone", nil, "names a file that cannot be read"),
  ])
  func `After an invalid file the old secrets stay, and the log names the variable`(
    name: String, text: String?, reason: String
  ) throws {
    try FileManager.default.removeItem(atPath: folder.file("secret"))
    if let text { try folder.write(text, to: "secret") }
    let lines = handler.process.log.split(separator: "\n").count
    try reload(logging: "error not reloaded")
    let logged = handler.process.log.split(separator: "\n").dropFirst(lines)
    #expect(logged.count == 1)
    #expect(logged.first?.contains(Self.variable) == true)
    #expect(logged.first?.contains(reason) == true)
    #expect(!handler.process.log.contains("c2VjcmV0"))
    #expect(try status(SignedDelivery.secret) == 200)
  }

  @Test func `A request in progress is completed and answered`() throws {
    let delivery = try SignedDelivery(Payload.user(id: "user_1"))
    let request = FastCGIRecord.request(delivery.parameters, body: delivery.body)
    for length in [10, request.count / 2, request.count - 20] {
      let client = try handler.connect()
      client.send(Array(request[..<length]))
      #expect(try eventually { try handler.process.connections == 1 })
      try reload(logging: "info read the secret files again")
      client.send(Array(request[length...]))
      #expect(client.answer()?.status == 200)
    }
  }

  @Test func `Reloads under load disturb no request`() throws {
    let load = SteadyLoad()
    try load.run(send: handler.accepts) { [self] in
      // Signals that come together act as one. The last one finds two secrets.
      for number in 0...50 {
        let others = number.isMultiple(of: 2) ? ",\(Self.new)" : ""
        try folder.write(SignedDelivery.secret + others, to: "secret")
        handler.process.send(SIGHUP)
        usleep(10_000)
      }
      #expect(eventually { handler.process.log.contains("secrets=2") })
    }
    #expect(load.failures == 0)
    #expect(try storedUsers(in: folder.file("app.db")) == load.delivered)
    #expect(handler.process.isRunning)
  }

  @Test(arguments: [(SIGHUP, "read the secret files again"), (SIGTERM, "info stopped")])
  func `A signal during startup is kept until the handler serves`(signal: Int32, word: String)
    throws
  {
    let database = try Connection(path: folder.file("app.db"), mode: .mustExist)
    try database.run("BEGIN EXCLUSIVE")
    let starting = try Handler(in: folder, log: "starting.log")
    #expect(eventually { starting.process.log.contains("started") })
    starting.process.send(signal)
    usleep(50_000)
    #expect(starting.process.isRunning)
    try database.run("ROLLBACK")
    #expect(eventually { starting.process.log.contains(word) })
    #expect(signal == SIGHUP || starting.process.exitStatus() == 0)
  }

  /// Returns the status of a delivery signed with `secret`.
  private func status(_ secret: String) throws -> Int? {
    let body = Array(Payload.user(id: "user_1").utf8)
    return try handler.answer(SignedDelivery(body, secret: secret))?.status
  }

  /// Sends SIGHUP and waits for a new log line that contains `words`.
  private func reload(logging words: String) throws {
    let logged = handler.process.log.utf8.count
    handler.process.send(SIGHUP)
    try #require(
      eventually {
        String(decoding: handler.process.log.utf8.dropFirst(logged), as: UTF8.self).contains(words)
      })
  }
}
