import Foundation
import TestSupport
import Testing

/// Tests of the errors for servers that do not respond properly.
@Suite(.waits) struct ExchangeTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func send(to url: String) throws -> Command {
    try Command.run(
      ["send", "user.created", "--email", "ada@example.org", "--url", url],
      environment: ["CLERK_WEBHOOK_SIGNING_SECRET": SignedDelivery.secret], in: folder)
  }

  private func expect(_ words: String, from url: String) throws {
    let sent = try send(to: url)
    #expect(sent.status == 2)
    #expect(sent.errors.contains(words), "\(sent.errors)")
    #expect(sent.errors.split(separator: "\n").count == 1)
    #expect(!sent.errors.contains("ada@example.org"))
  }

  @Test func `A refused connection is reported`() throws {
    let port = try LoopbackPort()
    try expect("connection refused", from: "\(port.url)/api/webhooks")
  }

  @Test func `An unknown host is reported`() throws {
    try expect("no such host", from: "http://clerk-sync.invalid/api/webhooks")
  }

  @Test func `A redirect is reported and not followed`() throws {
    let target = try NginxServer()
    let answer =
      "HTTP/1.1 307 Elsewhere\r\nLocation: \(target.url)/api/webhooks?token=x\r\nContent-Length: 0\r\n\r\n"
    let server = try Answering(answer)
    try expect(
      "answered 307: redirected to \(target.url)/api/webhooks: Svix does not follow redirects",
      from: "http://127.0.0.1:\(server.port)/api/webhooks")
    #expect(try DatabaseFile(target.database).rows("SELECT id FROM users").isEmpty)
  }

  @Test func `A response that is not HTTP is reported`() throws {
    let server = try Answering("SSH-2.0-OpenSSH\r\n")
    try expect("curl -v", from: "http://127.0.0.1:\(server.port)/")
  }

  @Test func `A queue that is down is not taken for a handler that is down`() throws {
    let body = #"{"error":"queue_error","message":"The queue did not take the delivery."}"#
    let server = try Answering(
      "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        + body)
    try expect("the queue does not accept deliveries", from: "http://127.0.0.1:\(server.port)/api/webhooks")
  }

  @Test func `A silent server times out after 15 seconds`() throws {
    let server = try Answering("")
    try expect("no answer within 15 s", from: "http://127.0.0.1:\(server.port)/")
  }

  @Test func `A self-signed certificate is reported`() throws {
    let pem = folder.file("server.pem")
    let openssl = try ChildProcess(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", pem, "-out",
        "\(pem).crt",
      ],
      output: folder.file("openssl.log"))
    #expect(openssl.exitStatus() == 0)
    try folder.write(
      String(contentsOfFile: pem, encoding: .utf8) + String(contentsOfFile: "\(pem).crt", encoding: .utf8),
      to: "both.pem")
    let server = try Answering(
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", certificate: folder.file("both.pem"))
    try expect(
      "self-signed certificate): check the certificate's name", from: "https://127.0.0.1:\(server.port)/")
  }

  @Test func `A password in the URL is not printed`() throws {
    let sent = try send(to: "http://ada:secret-word@127.0.0.1:1/api/webhooks?token=secret-word")
    #expect(sent.status == 2)
    #expect(!sent.errors.contains("secret-word"))
  }
}
