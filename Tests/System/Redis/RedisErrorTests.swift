import Foundation
import Queue
import Redis
import TestSupport
import Testing

/// Errors: no Redis at the address, another server at the address, and refusals.
@Suite(.programs) struct RedisErrorTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private var client: RedisClient { RedisClient(RedisAddress(.unix(path: folder.file("redis.sock")))) }

  @Test func `No server at the address`() throws {
    #expect(throws: RedisError.unreachable(reason: "No such file or directory")) {
      try client.send(RedisCommand("PING"))
    }
    let port = try LoopbackPort()
    #expect(throws: RedisError.unreachable(reason: "Connection refused")) {
      try RedisClient(RedisAddress(.tcp(host: "127.0.0.1", port: UInt16(port.number)))).send(
        RedisCommand("PING"))
    }
    let expected = RedisError.unreachable(reason: "Connection refused")
    #expect(
      expected.reason
        == "no connection to Redis: Connection refused: check that it runs, and its address in CLERK_SYNC_QUEUE"
    )
  }

  @Test(arguments: [
    ("HTTP/1.1 400 Bad Request\r\n\r\n", RedisError.unexpectedReply(command: "PING")), ("", .closed),
    ("$5\r\nab", .closed), ("-SECRET ada@example.org\r\n", .refused(command: "PING", code: "SECRET")),
    ("-ada@example.org\r\n", .refused(command: "PING", code: "ERR")),
    ("-MOVED 7031 192.0.2.7:6379\r\n", .refused(command: "PING", code: "MOVED")),
    ("*2\r\n:1\r\n-OOM no\r\n", .refused(command: "PING", code: "OOM")),
  ])
  func `Another server at the address`(answer: String, expected: RedisError) throws {
    let listener = try UnixSocket.listen(at: folder.file("redis.sock"))
    let client = client
    let server = Thread {
      let connection = accept(listener.fileDescriptor, nil, nil)
      var bytes = [UInt8](repeating: 0, count: 100)
      _ = unsafe recv(connection, &bytes, bytes.count, 0)
      _ = unsafe Array(answer.utf8).withUnsafeBytes {
        unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      close(connection)
    }
    server.start()
    #expect(throws: expected) { try client.send(RedisCommand("PING", "ada@example.org")) }
    #expect(!"\(expected)".contains("ada@example.org"))
  }

  @Test func `A full memory, a replica and a wrong key give different errors`() throws {
    let server = try RedisServer(in: folder, ["--maxmemory", "1", "--maxmemory-policy", "noeviction"])
    #expect(throws: RedisError.refused(command: "SET", code: "OOM")) {
      try client.send(RedisCommand("SET", "a", "1"))
    }
    try server.command("CONFIG", "SET", "maxmemory", "0")
    try server.command("REPLICAOF", "127.0.0.1", "1")
    #expect(throws: RedisError.refused(command: "SET", code: "READONLY")) {
      try client.send(RedisCommand("SET", "a", "1"))
    }
    try server.command("REPLICAOF", "NO", "ONE")
    _ = try client.send(RedisCommand("SET", "a", "1"))
    #expect(throws: RedisError.refused(command: "XLEN", code: "WRONGTYPE")) {
      try client.send(RedisCommand("XLEN", "a"))
    }
  }
}
