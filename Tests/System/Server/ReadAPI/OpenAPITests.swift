import Foundation
import TestSupport
import Testing

/// Tests of www/openapi.json: schemathesis generates requests from it and sends them to the handler behind nginx.
@Suite(.programs) struct OpenAPITests {
  private static let limits = [("rate=20r/s", "rate=10000r/s"), ("burst=100", "burst=10000")]

  private let server: NginxServer

  init() throws {
    server = try NginxServer(environment: ["CLERK_SYNC_ADMIN_TOKEN": APICase.token], changes: Self.limits)
    let answers = try Sender.send((0..<30).map { server.request(Payload.user(id: "user_\($0)")) })
    try #require(answers.allSatisfy { $0.status == 200 })
  }

  @Test func `Responses conform to the description, and other requests are rejected`() throws {
    let run = try schemathesis(Project.file("www/openapi.json"), ["--max-examples", "20"])
    #expect(run.status == 0, "\(run.output)")
    #expect(run.output.contains("Tested: 8"), "\(run.output)")
  }

  @Test(
    arguments: [
      (##""maximum": 200"##, ##""maximum": 300"##), (##""pendingFailures","##, ##""pending","##),
      (##""applied","##, ##""done","##), (##""/api/stats""##, ##""/api/stat""##),
    ])
  func `A wrong description is detected`(text: String, wrong: String) throws {
    let description = try String(contentsOfFile: Project.file("www/openapi.json"), encoding: .utf8)
    try #require(description.contains(text))
    let file = try server.folder.write(description.replacing(text, with: wrong), to: "wrong.json")
    let run = try schemathesis(
      file, ["--max-examples", "5", "--max-failures", "1"])
    #expect(run.status == 1, "\(run.output)")
  }

  private func schemathesis(
    _ file: String, _ options: [String]
  ) throws -> (status: Int32?, output: String) {
    let run = try ChildProcess(
      Project.file(".build/venv/bin/schemathesis"),
      [
        "run", file, "--url", server.url, "--header", "Authorization: Bearer \(APICase.token)", "--no-color",
        // A fixed seed generates the same requests each time. nginx rejects TRACE itself, without an Allow header.
        "--seed", "1", "--phases", "coverage,fuzzing", "--exclude-checks", "unsupported_method",
      ] + options,
      folder: server.folder.path, output: server.folder.file("schemathesis.log"))
    return (run.exitStatus(), run.log)
  }
}
