import Foundation
import Synchronization
import TestSupport

/// Three receivers on separate machines, a durable Redis, and two workers beside the database.
final class MachineSite: Sendable {
  struct Answers {
    var accepted = 0
    var refused = 0
  }

  let machines: Machines
  let receivers: [ReceivingMachine]
  let workers: [ChildProcess]
  private let folder: TemporaryFolder
  private let redis: RedisServer
  private let password = "\(UUID())"
  private let answers = Mutex(Answers())

  init() throws {
    machines = try Machines(receivers: 3)
    folder = try TemporaryFolder(inMemory: true)
    redis = try RedisServer(
      in: folder, ["--bind", "0.0.0.0", "--requirepass", password], port: 6379, keeps: true,
      on: machines.database)
    let queue = machines.queue(password: password)
    receivers = try machines.receivers.map { try ReceivingMachine(on: $0, queue: queue) }
    let environment = Handler.environment(in: folder).merging(["CLERK_SYNC_QUEUE": queue]) { $1 }
    // From the same build as the handler.
    let program = URL(filePath: Handler.executable).deletingLastPathComponent().appending(path: "clerk-sync")
    let command = machines.database.launcher + [program.path, "worker"]
    workers = try (1...2).map { [folder] number in
      try ChildProcess(
        command[0], Array(command.dropFirst()), environment: environment, folder: folder.path,
        output: folder.file("worker\(number).log"))
    }
  }

  var database: DatabaseFile { DatabaseFile(folder.file("app.db")) }

  var sent: Answers { answers.withLock(\.self) }

  /// Delivers to the receivers and from the addresses in turn. Returns whether the answer was 200.
  ///
  /// The calling thread stays on the sender's machine.
  func send(_ message: ClerkMessage) throws -> Bool {
    try machines.sender.enter()
    let number = answers.withLock { $0.accepted + $0.refused }
    let delivery = try SignedDelivery(Array(message.payload.utf8), id: message.id)
    let isAccepted = try delivery.isAccepted(
      by: Machines.receiver(number % receivers.count), from: Machines.sender(number))
    answers.withLock { if isAccepted { $0.accepted += 1 } else { $0.refused += 1 } }
    return isAccepted
  }

  /// Returns Redis's reply.
  func redis(_ words: String...) throws -> String {
    try redis.command(words, user: ["-a", password, "--no-auth-warning"])
  }

  /// Returns the number of deliveries with this outcome, from the workers' logs.
  func total(of outcome: String) -> Int { workers.map { $0.log.total(of: outcome) }.reduce(0, +) }
}
