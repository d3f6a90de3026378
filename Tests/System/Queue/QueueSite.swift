import Foundation
import TestSupport

/// A receiver, a Redis server and a worker's database, in one folder.
final class QueueSite: Sendable {
  static let secret = SignedDelivery.secret

  let folder: TemporaryFolder
  let redis: RedisServer
  let handler: Handler

  /// The handler reads its queue from the file `queue`, with the `password` that Redis is given.
  init(password: String? = nil, keeps: Bool = false, token: String? = nil) throws {
    folder = try TemporaryFolder()
    redis = try RedisServer(in: folder, password.map { ["--requirepass", $0] } ?? [], keeps: keeps)
    let encoded = password?.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
    let user = encoded.map { ":\($0)@" } ?? ""
    try folder.write("unix://\(user)\(folder.file("redis.sock"))\n", to: "queue")
    var environment = ["CLERK_SYNC_QUEUE_FILE": folder.file("queue")]
    environment["CLERK_SYNC_ADMIN_TOKEN"] = token
    handler = try Handler(in: folder, environment: environment)
  }

  /// What the worker and the operator's command are given.
  var environment: [String: String] {
    [
      "CLERK_SYNC_QUEUE": RedisServer.url(in: folder), "CLERK_SYNC_DATABASE": folder.file("app.db"),
      "CLERK_WEBHOOK_SIGNING_SECRET": Self.secret,
    ]
  }

  var database: DatabaseFile { DatabaseFile(folder.file("app.db")) }

  /// The ids in the users table; none before there is one.
  var users: Set<String> { (try? storedUsers(in: folder.file("app.db"))) ?? [] }

  func startWorker(
    _ arguments: String..., log: String = "worker.log", environment more: [String: String] = [:]
  ) throws -> ChildProcess {
    try ChildProcess(
      Command.executable, ["worker"] + arguments, environment: environment.merging(more) { $1 },
      folder: folder.path, output: folder.file(log))
  }

  /// Runs the operator's command to its end.
  func run(_ arguments: String..., environment more: [String: String] = [:]) throws -> Command {
    try Command.run(arguments, environment: environment.merging(more) { $1 }, in: folder)
  }

  /// Delivers the body and returns what became of it: the outcome, or the error.
  @discardableResult
  func deliver(_ body: String, id: String? = nil) throws -> String? {
    let answer = try handler.answer(SignedDelivery(Array(body.utf8), id: id))
    return answer?["outcome"] ?? answer?["error"]
  }

  /// Puts the delivery into Redis past the receiver.
  func queue(_ delivery: SignedDelivery) throws {
    try redis.command(
      "XADD", "clerk-sync:deliveries", "*", "id", delivery.id, "timestamp", delivery.timestamp, "signature",
      delivery.signature, "body", String(decoding: delivery.body, as: UTF8.self))
  }

  /// How many deliveries are not done.
  func left() throws -> Int? { Int(try redis.command("XLEN", "clerk-sync:deliveries")) }

  /// Whether all that was queued is done before long.
  func isWorkedOff() throws -> Bool {
    try eventually { try left() == 0 }
  }

  /// Has the one entry that fails wait for hours from its next try on: the pause doubles from try to try, and Redis
  /// counts them.
  func holdUp(_ worker: ChildProcess) throws {
    let tries = "{clerk-sync:deliveries}:tries"
    let entry = try redis.command("XRANGE", "clerk-sync:deliveries", "-", "+", "COUNT", "1")
    let id = entry.split(separator: "\n").first.map(String.init) ?? ""
    try redis.command("HSET", tries, id, "12")
    guard try eventually({ try redis.command("HGET", tries, id) == "13" }) else {
      throw ServerNotStarted(log: worker.log)
    }
  }

  /// What became of the messages in the ledger, by id.
  func outcomes() throws -> [String: String] {
    let rows = try database.rows("SELECT svix_id, outcome FROM clerk_sync_deliveries", columns: 2)
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] ?? "", $0[1] ?? "") })
  }
}
