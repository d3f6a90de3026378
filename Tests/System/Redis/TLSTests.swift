import Glibc
import Queue
import Redis
import TestSupport
import Testing

/// Connections with TLS to a server whose certificate is for localhost and 127.0.0.1.
@Suite(.waits) struct TLSTests {
  private let folder: TemporaryFolder
  private let port: LoopbackPort
  private let certificate: SelfSignedCertificate
  private let server: RedisServer

  init() throws {
    folder = try TemporaryFolder()
    port = try LoopbackPort()
    certificate = try SelfSignedCertificate(in: folder, names: "DNS:localhost,IP:127.0.0.1")
    server = try RedisServer(
      in: folder,
      [
        "--tls-port", "\(port.number)", "--tls-auth-clients", "no", "--tls-cert-file",
        certificate.certificate,
        "--tls-key-file", certificate.key, "--tls-ca-cert-file", certificate.certificate,
      ])
  }

  private func client(_ host: String = "localhost", authorities: String?) -> RedisClient {
    RedisClient(
      RedisAddress(
        .tcp(host: host, port: UInt16(port.number)), database: 1,
        tls: RedisAddress.TLS(authorities: authorities)))
  }

  @Test(arguments: ["localhost", "127.0.0.1"])
  func `Any bytes pass, also many at once`(host: String) throws {
    let client = client(host, authorities: certificate.certificate)
    for value: [UInt8] in [[], Array(0...255), Array(repeating: 0xff, count: 1_500_000)] {
      var command = RedisCommand("SET", "key")
      command.append([value])
      #expect(try client.send([command, RedisCommand("GET", "key")]).last == .bytes(value))
    }
    #expect(try server.command("-n", "1", "STRLEN", "key") == "1500000")
    #expect(try server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes") == "1")
    #expect(throws: RedisError.refused(command: "INCR", code: "ERR")) {
      try client.send(RedisCommand("INCR", "key"))
    }
  }

  @Test func `A server without a password needs no greeting`() throws {
    let tls = RedisAddress.TLS(authorities: certificate.certificate)
    let client = RedisClient(RedisAddress(.tcp(host: "localhost", port: UInt16(port.number)), tls: tls))
    #expect(try client.send(RedisCommand("PING")).text == "PONG")
  }

  @Test func `A certificate for another name is refused`() throws {
    // 127.0.0.2 leads to the same server.
    try #require(try server.command("CONFIG", "SET", "bind", "127.0.0.1 127.0.0.2") == "OK")
    let client = client("127.0.0.2", authorities: certificate.certificate)
    let expected = RedisError.tls(reason: "the server's certificate is not accepted: IP address mismatch")
    #expect(throws: expected) { try client.send(RedisCommand("PING")) }
    #expect(expected.reason.contains("check the host name, the port and ssl_ca_certs in CLERK_SYNC_QUEUE"))
  }

  @Test func `A certificate of an unknown authority is refused`() throws {
    let expected = RedisError.tls(reason: "the server's certificate is not accepted: self-signed certificate")
    #expect(throws: expected) { try client(authorities: nil).send(RedisCommand("PING")) }
  }

  @Test func `A file without certificates is named`() throws {
    for file in [folder.file("none.pem"), certificate.key] {
      #expect(throws: RedisError.tls(reason: "no certificate can be read from \(file)")) {
        try client(authorities: file).send(RedisCommand("PING"))
      }
    }
  }

  /// Redis waits for the end of what it takes for a command.
  private static let unanswered = RedisError.tls(reason: "the server did not answer the handshake in time")

  @Test func `A server without TLS is reported as such`() throws {
    try #require(try server.command("CONFIG", "SET", "tls-port", "0") == "OK")
    try #require(try server.command("CONFIG", "SET", "port", "\(port.number)") == "OK")
    let client = client(authorities: certificate.certificate)
    #expect(throws: Self.unanswered) { try client.send(RedisCommand("PING")) }
  }

  @Test func `A suspended server is not waited for beyond the time limit`() throws {
    let client = client(authorities: certificate.certificate)
    _ = try client.send(RedisCommand("PING"))
    server.process.send(SIGSTOP)
    // Over the pooled connection, then over a new one.
    for error in [RedisError.timedOut, Self.unanswered] {
      #expect(throws: error) { try client.send(RedisCommand("PING")) }
    }
    server.process.send(SIGCONT)
    #expect(try client.send(RedisCommand("PING")).text == "PONG")
  }

  @Test func `A delivery passes through a queue with TLS`() throws {
    let queue = [
      "CLERK_SYNC_QUEUE": "rediss://localhost:\(port.number)/1?ssl_ca_certs=\(certificate.certificate)"
    ]
    let handler = try Handler(in: folder, environment: queue)
    let worker = try ChildProcess(
      Command.executable, ["worker"],
      environment: Handler.environment(in: folder).merging(queue) { $1 }, folder: folder.path,
      output: folder.file("worker.log"))
    #expect(try handler.answer(SignedDelivery(Payload.user(id: "user_1")))?["outcome"] == "queued")
    #expect(eventually { (try? storedUsers(in: folder.file("app.db"))) == ["user_1"] })
    #expect(worker.isRunning)
  }

  @Test func `Without libssl an address with TLS is an error that names it, and another address is not`()
    throws
  {
    // The dynamic linker finds this file first.
    _ = try folder.write("not a library", to: "libssl.so.3")
    let handler = try Handler(in: folder, environment: ["LD_LIBRARY_PATH": folder.path])
    let delivery = try SignedDelivery(Payload.user(id: "user_1"))
    let answers = try ["rediss://localhost:\(port.number)/1", RedisServer.url(in: folder)].map {
      try #require(try handler.answer(delivery.parameters + [("CLERK_SYNC_QUEUE", $0)], body: delivery.body))
    }
    #expect(answers.map(\.status) == [500, 200])
    #expect(answers[0].standardError.contains("because libssl is missing on this machine: install it"))
    #expect(answers[1]["outcome"] == "queued")
  }
}
