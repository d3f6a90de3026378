import Queue
import Redis
import TestSupport
import Testing

/// Authentication and the kinds of endpoint.
@Suite(.programs) struct RedisAccessTests {
  private static let password = "s e:c/r@é%t"
  private let folder: TemporaryFolder
  private let server: RedisServer
  private let port: LoopbackPort

  init() throws {
    folder = try TemporaryFolder()
    port = try LoopbackPort()
    server = try RedisServer(
      in: folder,
      ["--requirepass", Self.password, "--user", "ada", "on", ">\(Self.password)", "+ping", "+select"],
      port: port.number)
  }

  private var endpoints: [RedisAddress.Endpoint] {
    let port = UInt16(port.number)
    return [
      .unix(path: folder.file("redis.sock")), .tcp(host: "127.0.0.1", port: port),
      .tcp(host: "localhost", port: port),
    ]
  }

  @Test func `The password authenticates over a unix socket and a port`() throws {
    for endpoint in endpoints {
      let client = RedisClient(RedisAddress(endpoint, password: Self.password))
      #expect(try client.send(RedisCommand("PING")).text == "PONG")
    }
  }

  @Test func `A user authenticates by name and has that user's rights`() throws {
    let client = RedisClient(RedisAddress(endpoints[1], user: "ada", password: Self.password, database: 3))
    #expect(try client.send(RedisCommand("PING")).text == "PONG")
    #expect(throws: RedisError.refused(command: "GET", code: "NOPERM")) {
      try client.send(RedisCommand("GET", "a"))
    }
  }

  @Test func `Each database number has its own keys`() throws {
    for number in [0, 7] {
      let client = RedisClient(RedisAddress(endpoints[0], password: Self.password, database: number))
      _ = try client.send(RedisCommand("SET", "number", "\(number)"))
    }
    let client = RedisClient(RedisAddress(endpoints[0], password: Self.password, database: 7))
    #expect(try client.send(RedisCommand("GET", "number")).text == "7")
    let missing = RedisClient(RedisAddress(endpoints[0], password: Self.password, database: 99))
    #expect(throws: RedisError.refused(command: "SELECT", code: "ERR")) {
      try missing.send(RedisCommand("PING"))
    }
  }

  @Test(arguments: [
    (nil, nil, "PING", "NOAUTH"), (nil, "wrong-password", "AUTH", "WRONGPASS"),
    ("bob", password, "AUTH", "WRONGPASS"),
  ])
  func `A failed authentication is reported without the password`(
    user: String?, password: String?, command: String, code: String
  ) throws {
    let address = RedisAddress(endpoints[0], user: user, password: password)
    let expected = RedisError.refused(command: command, code: code)
    #expect(throws: expected) { try RedisClient(address).send(RedisCommand("PING")) }
    #expect(expected.reason.contains("check the user and the password in CLERK_SYNC_QUEUE"))
    var dumped = ""
    dump(address, to: &dumped)
    for text in ["\(address)", String(reflecting: address), dumped, expected.reason] {
      #expect(!text.contains(password ?? Self.password))
    }
  }
}
