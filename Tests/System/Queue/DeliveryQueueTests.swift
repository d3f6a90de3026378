import Redis
import TestSupport
import Testing

@testable import ClerkSync
@testable import Queue

/// Operations in Redis while a worker or an operator may run the same ones.
@Suite(.programs) struct DeliveryQueueTests {
  private static let stream = "clerk-sync:deliveries"
  private static let dead = "{clerk-sync:deliveries}:dead"

  private let folder: TemporaryFolder
  private let server: RedisServer
  private let queue: DeliveryQueue

  init() throws {
    folder = try TemporaryFolder()
    server = try RedisServer(in: folder)
    queue = DeliveryQueue(RedisAddress(.unix(path: folder.file("redis.sock"))))
  }

  /// Returns an entry that a worker has claimed.
  private func entry() throws -> QueueEntry {
    try queue.prepare()
    try server.command("XADD", Self.stream, "*", "id", "msg_1", "body", "é")
    return try #require(try queue.next(10, as: "one", wait: .seconds(1)).first)
  }

  private func left() throws -> [String] {
    try [
      server.command("XLEN", Self.stream), server.command("XLEN", Self.dead),
      String(server.command("XPENDING", Self.stream, "clerk-sync").prefix(1)),
      server.command("EXISTS", "{clerk-sync:deliveries}:tries"),
    ]
  }

  /// As a Redis does that is still loading its data: it may refuse the first of two commands and accept the second.
  @Test func `An entry that Redis refuses to delete stays pending`() throws {
    let entry = try entry()
    try server.command("ACL", "SETUSER", "default", "-xdel")
    #expect(throws: RedisError.refused(command: "XDEL", code: "NOPERM")) { try queue.finish([entry.id]) }
    #expect(try left() == ["1", "0", "1", "0"])
    try server.command("ACL", "SETUSER", "default", "+xdel")
    #expect(try queue.finish([entry.id]) == 0)
    #expect(try left() == ["0", "0", "0", "0"])
  }

  @Test func `An entry given up twice becomes one dead letter`() throws {
    let entry = try entry()
    #expect(try queue.countTry(of: entry.id) == 1)
    #expect(try queue.moveToDeadLetters(entry, tries: 1, reason: "a reason"))
    #expect(try !queue.moveToDeadLetters(entry, tries: 1, reason: "a reason"))
    #expect(try left() == ["0", "1", "0", "0"])
    let letter = try #require(try queue.deadLetters(limit: 10).first)
    #expect(letter.original == entry.fields)
    #expect(letter.reason == "a reason")
  }

  @Test func `A finished entry is neither counted nor given up`() throws {
    let entry = try entry()
    #expect(try queue.countTry(of: entry.id) == 1)
    #expect(try queue.countTry(of: entry.id) == 2)
    #expect(try queue.finish([entry.id]) == 0)
    #expect(try queue.countTry(of: entry.id) == nil)
    #expect(try !queue.moveToDeadLetters(entry, tries: 1, reason: ""))
    #expect(try left() == ["0", "0", "0", "0"])
  }

  @Test(arguments: [["SET", dead, "1"], ["CONFIG", "SET", "maxmemory", "1"]])
  func `An entry that cannot be moved to the dead letters stays in the queue`(trouble: [String]) throws {
    let entry = try entry()
    #expect(try queue.countTry(of: entry.id) == 1)
    try server.command(trouble, user: [])
    #expect(throws: RedisError.self) { try queue.moveToDeadLetters(entry, tries: 1, reason: "") }
    try server.command("CONFIG", "SET", "maxmemory", "0")
    try server.command("DEL", Self.dead)
    #expect(try left() == ["1", "0", "1", "1"])
    #expect(try queue.moveToDeadLetters(entry, tries: 1, reason: ""))
    #expect(try left() == ["0", "1", "0", "0"])
  }

  @Test func `A dead letter is retried at most once, and a dropped one not at all`() throws {
    #expect(try queue.moveToDeadLetters(entry(), tries: 1, reason: ""))
    let letter = try #require(try queue.deadLetters(limit: 10).first)
    #expect(try queue.retry(letter))
    #expect(try !queue.retry(letter))
    #expect(try left() == ["1", "0", "0", "0"])
    let again = try #require(try queue.next(10, as: "one", wait: .seconds(1)).first)
    #expect(again.fields == letter.original)
    #expect(try queue.moveToDeadLetters(again, tries: 1, reason: ""))
    let second = try #require(try queue.deadLetters(limit: 10).first)
    #expect(try queue.drop(second))
    #expect(try !queue.drop(second))
    #expect(try !queue.retry(second))
    #expect(try left() == ["0", "0", "0", "0"])
  }

  @Test(arguments: [["SET", stream, "1"], ["CONFIG", "SET", "maxmemory", "1"]])
  func `A dead letter that cannot be queued stays a dead letter`(trouble: [String]) throws {
    #expect(try queue.moveToDeadLetters(entry(), tries: 1, reason: ""))
    let letter = try #require(try queue.deadLetters(limit: 10).first)
    try server.command(trouble, user: [])
    #expect(throws: RedisError.self) { try queue.retry(letter) }
    #expect(try server.command("XLEN", Self.dead) == "1")
  }
}
