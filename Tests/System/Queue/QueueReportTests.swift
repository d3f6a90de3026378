import Foundation
import TestSupport
import Testing

/// The queue in the output of `stats` and `doctor`.
@Suite(.programs) struct QueueReportTests {
  private struct Found: Decodable {
    let check: String
    let level: String
    let what: String
    let remedy: String?
  }

  private let folder: TemporaryFolder
  private let site: QueueSite

  init() throws {
    site = try QueueSite()
    folder = site.folder
    #expect(try site.run("init").status == 0)
  }

  private func findings(_ check: String) throws -> [Found] {
    let lines = try site.run("doctor", "--json", "--user", NSUserName()).lines
    return try lines.map { try JSONDecoder().decode(Found.self, from: Data($0.utf8)) }.filter {
      $0.check == check
    }
  }

  private func queue() throws -> [String: Any]? {
    let report = try JSONSerialization.jsonObject(with: Data(site.run("stats", "--json").output.utf8))
    return (report as? [String: Any])?["queue"] as? [String: Any]
  }

  @Test func `The numbers follow a delivery through the queue`() throws {
    var numbers = try #require(try queue())
    #expect(numbers.values.allSatisfy { $0 as? Int == 0 } && numbers.count == 4)

    let before = Int(Date.now.timeIntervalSince1970 * 1000)
    for number in 1...3 { try site.deliver(Payload.user(id: "user_\(number)", email: "ada@example.org")) }
    numbers = try #require(try queue())
    #expect(numbers["entries"] as? Int == 3)
    #expect(numbers["lag"] as? Int == 3)
    #expect(numbers["pending"] as? Int == 0)
    let after = Int(Date.now.timeIntervalSince1970 * 1000)
    #expect(try (before...after).contains(#require(numbers["oldest"] as? Int)))

    // One is applied; the others wait for its address.
    let worker = try site.startWorker()
    #expect(try eventually { try queue()?["pending"] as? Int == 2 })
    numbers = try #require(try queue())
    #expect(numbers["entries"] as? Int == 2)
    #expect(numbers["lag"] as? Int == 0)
    #expect(numbers["oldest"] as? Int == numbers["oldestPending"] as? Int)
    worker.send(SIGTERM)
    #expect(worker.exitStatus() == 0)

    let text = try site.run("stats")
    #expect(text.status == 0)
    let facts = text.lines.map { $0.replacing(/\ {2,}/, with: ": ") }
    #expect(facts.contains("queue: 2 entries, 2 of them claimed by a worker"))
    #expect(facts.contains { $0.contains(/^oldest claimed entry: .+, \d+ s ago$/) })
    #expect(facts.contains("dead letters: 0"))
  }

  @Test func `The other numbers are reported while Redis is unavailable`() throws {
    site.redis.process.send(SIGKILL)
    #expect(site.redis.process.diesOfSignal())
    let text = try site.run("stats")
    #expect(text.status == 1)
    #expect(text.output.contains("users"))
    #expect(text.output.contains("no connection to Redis: Connection refused"))
    #expect((try queue()?["error"] as? String)?.contains("Connection refused") == true)
    #expect(try findings("queue").map(\.level) == ["error"])
    let dead = try site.run("dead", "list")
    #expect(dead.status == 2)
    #expect(dead.errors.split(separator: "\n").count == 1)
  }

  @Test func `A queue that is not durable gives a warning`() throws {
    #expect(try findings("queue").map(\.level) == ["ok"])
    var found = try #require(try findings("queue durability").first)
    #expect(found.level == "warning" && found.what.contains("appendonly no"))
    try site.redis.command("CONFIG", "SET", "appendonly", "yes")
    found = try #require(try findings("queue durability").first)
    #expect(found.level == "warning" && found.what.contains("appendfsync everysec"))
    try site.redis.command("CONFIG", "SET", "appendfsync", "always")
    #expect(try findings("queue durability").map(\.level) == ["ok"])
  }

  @Test(arguments: [
    ("noeviction", "ok"), ("volatile-lru", "ok"), ("allkeys-lru", "warning"), ("allkeys-random", "warning"),
  ])
  func `An eviction policy that may drop the queue gives a warning`(policy: String, level: String) throws {
    try site.redis.command("CONFIG", "SET", "maxmemory-policy", policy)
    #expect(try findings("queue eviction").map(\.level) == [level])
  }

  @Test func `Facts that Redis does not disclose are reported as unknown`() throws {
    // The user of every connection that does not authenticate.
    try site.redis.command("ACL", "SETUSER", "default", "-config", "-info")
    for check in ["queue durability", "queue eviction", "queue version"] {
      let found = try #require(try findings(check).first)
      #expect(found.level == "warning" && found.what.hasPrefix("unknown"))
    }
    #expect(try findings("queue").map(\.level) == ["ok"])
  }

  @Test func `A replica is an error`() throws {
    #expect(try findings("queue role").isEmpty)
    #expect(try findings("queue version").map(\.level) == ["ok"])
    try site.redis.command("REPLICAOF", "127.0.0.1", "1")
    #expect(try findings("queue role").map(\.level) == ["error"])
  }

  @Test(arguments: [("6.0.16", "error"), ("6.2.0", "ok"), ("7.0.15", "ok"), ("5.0.3", "error")])
  func `An old version of Redis is an error`(version: String, level: String) throws {
    site.redis.process.send(SIGKILL)
    #expect(site.redis.process.diesOfSignal())
    let old = try FakeRedis(at: folder.file("redis.sock"), version: version)
    #expect(try findings("queue version").map(\.level) == [level])
    withExtendedLifetime(old) {}
  }

  @Test func `Dead letters give a warning`() throws {
    #expect(try findings("dead letters").map(\.level) == ["ok"])
    try site.redis.command("XADD", "{clerk-sync:deliveries}:dead", "*", "id", "msg_1")
    let found = try #require(try findings("dead letters").first)
    #expect(found.level == "warning" && found.what.hasPrefix("1,"))
    #expect(found.remedy?.contains("clerk-sync dead list") == true)
  }

  @Test func `A password file that every user can read is reported`() throws {
    let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o644]
    try FileManager.default.setAttributes(mode, ofItemAtPath: folder.file("queue"))
    let command = try site.run(
      "doctor", environment: ["CLERK_SYNC_QUEUE": "", "CLERK_SYNC_QUEUE_FILE": folder.file("queue")])
    #expect(command.output.contains("\(folder.file("queue")) can be read by every user"))
  }

  @Test func `A receiver needs no database`() throws {
    try FileManager.default.removeItem(atPath: folder.file("app.db"))
    #expect(try findings("database").map(\.level) == ["ok"])
  }
}
