import Foundation
import TestSupport
import Testing

@Suite(.programs) struct CGITests {
  private let program: CGIProgram
  private let delivery: SignedDelivery

  init() throws {
    program = CGIProgram(in: try TemporaryFolder())
    delivery = try SignedDelivery(Payload.user(id: "user_1"))
  }

  @Test func `The response is a CGI response, byte for byte`() throws {
    #expect(try program.prepared().isHealthy())
    let lines = [
      "Status: 200 OK", "Content-Type: application/json", "Cache-Control: no-store",
      "X-Content-Type-Options: nosniff",
      "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'", "Content-Length: 16", "",
      "{\"status\":\"ok\"}\n",
    ]
    #expect(try program.output == Array(lines.joined(separator: "\r\n").utf8))
  }

  @Test(arguments: [nil, ""])
  func `A chunked body that arrives in pieces is read to its end`(length: String?) throws {
    let pipe = Pipe()
    let parameters =
      delivery.parameters.filter { $0.0 != "CONTENT_LENGTH" }
      + (length.map { [("CONTENT_LENGTH", $0)] } ?? [])
    let process = try program.start(parameters, standardInput: pipe.fileHandleForReading)
    for byte in delivery.body {
      try pipe.fileHandleForWriting.write(contentsOf: [byte])
      usleep(200)
    }
    try pipe.fileHandleForWriting.close()
    #expect(process.exitStatus() == 0)
    #expect(try String(decoding: program.output, as: UTF8.self).hasPrefix("Status: 200 OK\r\n"))
  }

  @Test func `Bytes after the announced body are not read`() throws {
    let answer = try program.answer(delivery.parameters, body: delivery.body + Array("excess".utf8))
    #expect(answer?["outcome"] == "applied")
  }

  @Test func `A GET does not wait for the end of its standard input`() throws {
    let pipe = Pipe()
    let process = try program.start(
      [("GATEWAY_INTERFACE", "CGI/1.1"), ("REQUEST_METHOD", "GET"), ("SCRIPT_NAME", "/api/health")],
      standardInput: pipe.fileHandleForReading)
    #expect(process.exitStatus() == 0)
    #expect(try !program.output.isEmpty)
  }

  @Test(arguments: [nil, "300"])
  func `A closed standard input is an incomplete body`(length: String?) throws {
    let parameters =
      delivery.parameters.filter { $0.0 != "CONTENT_LENGTH" }
      + (length.map { [("CONTENT_LENGTH", $0)] } ?? [])
    let process = try program.start(parameters, standardInput: .nullDevice, command: #"exec "$0" <&-"#)
    #expect(process.exitStatus() == 0)
    #expect(try String(decoding: program.output, as: UTF8.self).contains("incomplete_body"))
  }

  @Test func `A delivery is kept when the server closes before the response`() throws {
    let input = program.folder.file("body")
    try Data(delivery.body).write(to: URL(filePath: input))
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let process = try program.start(
      delivery.parameters, standardInput: FileHandle(forReadingFrom: URL(filePath: input)),
      standardOutput: pipe.fileHandleForWriting)
    #expect(process.exitStatus() == 0)
    #expect(process.log.contains("outcome=applied"))
    #expect(try storedUsers(in: program.folder.file("app.db")) == ["user_1"])
  }

  @Test func `An invalid setting is answered, not fatal`() throws {
    let answer = try program.answer(
      delivery.parameters + [("CLERK_SYNC_THREADS", "many")], body: delivery.body)
    #expect(answer?.status == 500)
    #expect(answer?["error"] == "configuration_error")
  }
}
