import Foundation
import TestSupport
import Testing

/// Deliveries that keep failing, and the command that manages them.
@Suite(.waits) struct DeadLetterTests {
  private let site: QueueSite
  private let worker: ChildProcess

  /// Creates two deliveries that cannot be applied: one with a taken e-mail address, and one that deletes a
  /// user whom a booking references.
  init() throws {
    site = try QueueSite()
    #expect(try site.run("init").status == 0)
    try site.database.execute(
      "CREATE TABLE bookings (userId TEXT NOT NULL REFERENCES users (id))")
    worker = try site.startWorker("--tries", "2")
    try site.deliver(Payload.user(id: "user_1", email: "ada@example.org"), id: "msg_1")
    #expect(try site.isDrained())
    try site.database.execute("INSERT INTO bookings VALUES ('user_1')")
    try site.deliver(Payload.user(id: "user_2", email: "ada@example.org"), id: "msg_2")
    try site.deliver(Payload.deleted(id: "user_1"), id: "msg_3")
    #expect(try site.isDrained())
    #expect(eventually { worker.log.components(separatedBy: "given up, now a dead letter").count == 3 })
  }

  private func letters() throws -> [[String: Any]] {
    try site.run("dead", "list", "--json").lines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  private func id(of message: String) throws -> String {
    try #require(try letters().first { $0["messageId"] as? String == message }?["id"] as? String)
  }

  @Test func `Dead letters are listed with their reasons but without e-mail addresses`() throws {
    let command = try site.run("dead", "list")
    #expect(command.status == 1)
    #expect(command.lines.count == 3)
    #expect(command.output.contains(/msg_2 +user\.created +2 +\d+ s ago +user_2 +database_error: the e-mail/))
    #expect(
      command.output.contains(/msg_3 +user\.deleted +2 +\d+ s ago +user_1 +database_error: .*constraint/))
    let listed = try letters()
    #expect(listed.map { $0["tries"] as? Int } == [2, 2])
    #expect(listed.allSatisfy { $0["body"] == nil })
    #expect(!"\(command.output)\(listed)\(worker.log)".contains("ada@example.org"))
  }

  @Test func `A dead letter is shown, its body only on demand`() throws {
    let id = try id(of: "msg_2")
    let shown = try site.run("dead", "show", id)
    #expect(shown.status == 0)
    #expect(shown.output.contains("user_2"))
    #expect(!shown.output.contains("ada@example.org"))
    let body = try site.run("dead", "show", id, "--body")
    #expect(body.output == Payload.user(id: "user_2", email: "ada@example.org"))
  }

  @Test func `Dead letters are applied when retried after the cause is fixed`() throws {
    try site.database.execute("DELETE FROM bookings")
    // A worker could give msg_2 up again before msg_3, which frees its address, is in the queue.
    worker.send(SIGTERM)
    #expect(worker.exitStatus() == 0)
    let command = try site.run("dead", "retry", "--all")
    #expect(command.status == 0)
    #expect(command.output == "2 returned to the queue\n")
    let second = try site.startWorker("--tries", "2", log: "second.log")
    #expect(try site.isDrained())
    #expect(site.users == ["user_2"])
    #expect(try site.outcomes() == ["msg_1": "applied", "msg_2": "applied", "msg_3": "applied"])
    #expect(second.isRunning)
    let list = try site.run("dead", "list")
    #expect(list.status == 0)
    #expect(list.output == "No dead letters.\n")
  }

  @Test func `Dead letters are given up again when the cause persists`() throws {
    let old = try id(of: "msg_2")
    #expect(try site.run("dead", "retry", old).status == 0)
    #expect(eventually { worker.log.components(separatedBy: "given up, now a dead letter").count == 4 })
    #expect(try letters().map { $0["tries"] as? Int } == [2, 2])
    #expect(try id(of: "msg_2") != old)
    #expect(try site.redis.command("EXISTS", "{clerk-sync:deliveries}:tries") == "0")
  }

  @Test func `An entry that never was a delivery is skipped, and those after it are retried`() throws {
    let forged = try site.redis.command("XADD", "{clerk-sync:deliveries}:dead", "*", "user", "user_3")
    // It is given up again and follows the forged entry.
    #expect(try site.run("dead", "retry", id(of: "msg_2")).status == 0)
    #expect(eventually { worker.log.components(separatedBy: "given up, now a dead letter").count == 4 })
    try site.database.execute("DELETE FROM bookings")
    let command = try site.run("dead", "retry", "--all")
    #expect(command.status == 1)
    #expect(command.output == "2 returned to the queue\n")
    #expect(command.errors.hasPrefix("clerk-sync: \(forged) is not a delivery and was skipped"))
    #expect(command.errors.split(separator: "\n").count == 1)
    #expect(try site.isDrained())
    #expect(site.users == ["user_2"])
    #expect(try site.run("dead", "drop", forged).output == "1 dropped\n")
    #expect(try letters().isEmpty)
  }

  @Test func `Dropped dead letters are deleted`() throws {
    #expect(try site.run("dead", "drop", id(of: "msg_2")).output == "1 dropped\n")
    #expect(try letters().count == 1)
    #expect(try site.run("dead", "drop", "--all").output == "1 dropped\n")
    #expect(try letters().isEmpty)
    #expect(try site.left() == 0)
  }

  @Test(arguments: [
    (["drop"], 64, "expected either ids or --all"), (["retry"], 64, "expected either ids or --all"),
    (["drop", "1-0", "--all"], 64, "expected either ids or --all"),
    (["drop", "1-0"], 1, "no dead letter has the id 1-0"), (["show", "-"], 1, "no dead letter"),
    (["retry", "nonsense"], 1, "no dead letter has the id nonsense"),
  ])
  func `An invalid request is reported in one line and changes nothing`(
    arguments: [String], status: Int32, message: String
  ) throws {
    let command = try Command.run(["dead"] + arguments, environment: site.environment, in: site.folder)
    #expect(command.status == status)
    #expect(command.errors.contains(message), "\(command.errors)")
    #expect(command.errors.split(separator: "\n").count == 1)
    #expect(try letters().count == 2)
  }
}
