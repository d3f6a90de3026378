import Glibc
import Redis
import TestSupport
import Testing

@Suite(.waits) struct RedisClientTests {
  private let folder: TemporaryFolder
  private let server: RedisServer

  init() throws {
    folder = try TemporaryFolder()
    server = try RedisServer(in: folder)
  }

  private var address: RedisAddress { RedisAddress(.unix(path: folder.file("redis.sock"))) }

  @Test(arguments: [
    [], [0], Array(0...255), Array("\r\n$3\r\n*1\r\n".utf8), Array(repeating: 0xff, count: 1_500_000),
  ])
  func `Any bytes can be stored and read`(value: [UInt8]) throws {
    let client = RedisClient(address)
    var command = RedisCommand("SET", "key")
    command.append([value])
    #expect(try client.send(command) == .bytes(Array("OK".utf8)))
    #expect(try client.send(RedisCommand("GET", "key")) == .bytes(value))
    #expect(try server.command("STRLEN", "key") == "\(value.count)")
  }

  @Test func `Every kind of reply is decoded`() throws {
    let client = RedisClient(address)
    #expect(try client.send(RedisCommand("GET", "none")) == .null)
    #expect(try client.send(RedisCommand("RPUSH", "list", "a", "")) == .integer(2))
    #expect(
      try client.send(RedisCommand("LRANGE", "list", "0", "-1")) == .array([.bytes([97]), .bytes([])]))
    #expect(throws: RedisError.refused(command: "INCR", code: "WRONGTYPE")) {
      try client.send(RedisCommand("INCR", "list"))
    }
    // The connection survives an error reply.
    #expect(try client.send(RedisCommand("LLEN", "list")) == .integer(2))
  }

  @Test func `Each command of a pipeline succeeds or fails by itself`() throws {
    let client = RedisClient(address)
    let replies = try client.send([RedisCommand("INCR", "a"), RedisCommand("INCRBY", "a", "4")])
    #expect(replies == [.integer(1), .integer(5)])
    #expect(throws: RedisError.refused(command: "NONSENSE", code: "ERR")) {
      try client.send([RedisCommand("INCR", "a"), RedisCommand("NONSENSE"), RedisCommand("INCR", "a")])
    }
    #expect(try client.send(RedisCommand("GET", "a")).text == "7")
  }

  @Test func `Each thread has a connection, and connections are pooled`() throws {
    let client = RedisClient(address)
    try inThreads(8) { _ in
      for _ in 0..<50 { _ = try client.send(RedisCommand("INCR", "count")) }
    }
    #expect(try client.send(RedisCommand("GET", "count")).text == "400")
    let stats = try server.command("INFO", "stats").split(separator: "\r\n")
    let received = stats.first { $0.hasPrefix("total_connections_received:") }.flatMap {
      Int($0.split(separator: ":")[1])
    }
    // One of them is redis-cli's.
    #expect(try (2...9).contains(#require(received)))
  }

  @Test func `A pooled connection closed by Redis is replaced`() throws {
    let client = RedisClient(address)
    _ = try client.send(RedisCommand("SET", "a", "1"))
    #expect(try server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes") == "1")
    #expect(try client.send(RedisCommand("GET", "a")).text == "1")
  }

  @Test func `The client reconnects after a restart of the server`() throws {
    let client = RedisClient(address)
    _ = try client.send(RedisCommand("PING"))
    server.process.send(SIGKILL)
    #expect(server.process.diesOfSignal())
    #expect(throws: RedisError.unreachable(reason: "Connection refused")) {
      try client.send(RedisCommand("PING"))
    }
    let second = try RedisServer(in: folder)
    #expect(try client.send(RedisCommand("PING")).text == "PONG")
    #expect(second.process.isRunning)
  }

  @Test func `A suspended server is not waited for beyond the time limit`() throws {
    let client = RedisClient(address)
    _ = try client.send(RedisCommand("PING"))
    server.process.send(SIGSTOP)
    // Over the pooled connection, then over a new one.
    for _ in 1...2 {
      let start = ContinuousClock.now
      #expect(throws: RedisError.timedOut) { try client.send(RedisCommand("PING")) }
      #expect(.now - start > RedisClient.timeLimit - .seconds(1))
    }
    server.process.send(SIGCONT)
    #expect(try client.send(RedisCommand("PING")).text == "PONG")
  }

  @Test func `A blocking command has its own time in addition to the limit`() throws {
    let client = RedisClient(address)
    let start = ContinuousClock.now
    let reply = try client.send(RedisCommand("BLPOP", "none", "5.5"), wait: .milliseconds(5500))
    #expect(reply == .null)
    #expect(.now - start > .milliseconds(5400))
  }
}
