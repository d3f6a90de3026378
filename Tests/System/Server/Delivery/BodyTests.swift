import Foundation
import TestSupport
import Testing

/// Tests of requests that nginx passes on and the handler rejects.
@Suite(.programs) struct BodyTests {
  @Test func `A body over the limit is rejected without being read into memory`() throws {
    let server = try NginxServer(changes: [("client_max_body_size 1m;", "client_max_body_size 64m;")])
    var large = server.request("")
    large.body = Data(repeating: 0x20, count: 32_000_000)
    #expect(try server.answer(server.request(Payload.user(id: "user_1"))).status == 200)
    let before = try peakMemory(of: server)
    let answers = try Sender.send(Array(repeating: large, count: 4), connections: 4)
    #expect(answers.map(\.status) == [413, 413, 413, 413])
    #expect(answers.allSatisfy { $0["error"] == "body_too_large" })
    #expect(try peakMemory(of: server) - before < 1024)
  }

  @Test func `A header sent twice is rejected, and the log names it`() throws {
    let server = try NginxServer()
    var request = server.request(Payload.user(id: "user_1"))
    request.way = .idSentTwice
    #expect(try server.answer(request).status == 400)
    #expect(server.errorLog.contains("svix-id came more than once"))
  }

  /// The peak resident memory of the handler, in KiB.
  private func peakMemory(of server: NginxServer) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(server.handlerID)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return try #require(line?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
  }
}
