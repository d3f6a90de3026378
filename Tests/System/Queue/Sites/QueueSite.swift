import Foundation
import TestSupport

/// A receiver, a Redis server and a worker's database in one folder.
final class QueueSite: Sendable {
  static let secret = SignedDelivery.secret

  let folder: TemporaryFolder
  let redis: RedisServer
  let handler: Handler

  /// Starts Redis and the handler. The handler reads its queue from the file `queue`, with the `password` of
  /// Redis.
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

  /// The environment of the worker and of the operator's command.
  var environment: [String: String] {
    [
      "CLERK_SYNC_QUEUE": RedisServer.url(in: folder), "CLERK_SYNC_DATABASE": folder.file("app.db"),
      "CLERK_WEBHOOK_SIGNING_SECRET": Self.secret,
    ]
  }

  var database: DatabaseFile { DatabaseFile(folder.file("app.db")) }

  /// The ids in the users table; empty before the table exists.
  var users: Set<String> { (try? storedUsers(in: folder.file("app.db"))) ?? [] }

  func startWorker(
    _ arguments: String..., log: String = "worker.log", environment more: [String: String] = [:]
  ) throws -> ChildProcess {
    try ChildProcess(
      Command.executable, ["worker"] + arguments, environment: environment.merging(more) { $1 },
      folder: folder.path, output: folder.file(log))
  }

  /// Runs the operator's command to completion.
  func run(_ arguments: String..., environment more: [String: String] = [:]) throws -> Command {
    try Command.run(arguments, environment: environment.merging(more) { $1 }, in: folder)
  }

  /// Delivers the body. Returns the outcome or the error.
  @discardableResult
  func deliver(_ body: String, id: String? = nil) throws -> String? {
    let answer = try handler.answer(SignedDelivery(Array(body.utf8), id: id))
    return answer?["outcome"] ?? answer?["error"]
  }

  /// Adds the delivery to Redis directly, without the receiver.
  func queue(_ delivery: SignedDelivery) throws {
    try redis.command(
      "XADD", "clerk-sync:deliveries", "*", "id", delivery.id, "timestamp", delivery.timestamp, "signature",
      delivery.signature, "body", String(decoding: delivery.body, as: UTF8.self))
  }

  /// Returns the number of unfinished deliveries.
  func left() throws -> Int? { Int(try redis.command("XLEN", "clerk-sync:deliveries")) }

  /// Waits until all queued deliveries are finished. Returns false at the timeout.
  func isDrained() throws -> Bool {
    try eventually { try left() == 0 }
  }

  /// Makes the one failing entry wait for hours after its next try, by raising its count of tries in Redis,
  /// which sets the backoff.
  func holdUp(_ worker: ChildProcess) throws {
    let tries = "{clerk-sync:deliveries}:tries"
    let entry = try redis.command("XRANGE", "clerk-sync:deliveries", "-", "+", "COUNT", "1")
    let id = entry.split(separator: "\n").first.map(String.init) ?? ""
    try redis.command("HSET", tries, id, "12")
    guard try eventually({ try redis.command("HGET", tries, id) == "13" }) else {
      throw ServerNotStarted(log: worker.log)
    }
  }

  /// Returns the outcomes in the ledger by message id.
  func outcomes() throws -> [String: String] {
    let rows = try database.rows("SELECT svix_id, outcome FROM clerk_sync_deliveries", columns: 2)
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] ?? "", $0[1] ?? "") })
  }
}

extension String {
  /// Returns the sum of the numbers logged for this outcome.
  func total(of outcome: String) -> Int {
    split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("\(outcome)=") }.reduce(0) {
      $0 + (Int($1.dropFirst(outcome.utf8.count + 1)) ?? 0)
    }
  }
}
