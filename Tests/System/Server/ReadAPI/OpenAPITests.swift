import Foundation
import TestSupport
import Testing

/// www/openapi.json against the handler behind nginx, by requests that schemathesis makes of it.
@Suite(.load) struct OpenAPITests {
  private static let limits = [("rate=20r/s", "rate=10000r/s"), ("burst=100", "burst=10000")]

  private let server: NginxServer

  init() throws {
    server = try NginxServer(environment: ["CLERK_SYNC_ADMIN_TOKEN": APICase.token], changes: Self.limits)
    let answers = try Sender.send((0..<30).map { server.request(Payload.user(id: "user_\($0)")) })
    try #require(answers.allSatisfy { $0.status == 200 })
  }

  @Test func `Whatever the description allows is answered as it says, and all else is refused`() throws {
    let run = try schemathesis(Project.file("www/openapi.json"), ["--max-examples", "20"])
    #expect(run.status == 0, "\(run.output)")
    #expect(run.output.contains("Tested: 6"), "\(run.output)")
  }

  @Test(
    arguments: [
      (##""maximum": 200"##, ##""maximum": 300"##), (##""pendingFailures","##, ##""pending","##),
      (##""applied","##, ##""done","##), (##""/api/stats""##, ##""/api/stat""##),
    ])
  func `A description that is wrong is found out`(text: String, wrong: String) throws {
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
        // The same requests each time. TRACE is nginx's own to refuse, which it does without an Allow.
        "--seed", "1", "--phases", "coverage,fuzzing", "--exclude-checks", "unsupported_method",
      ] + options,
      folder: server.folder.path, output: server.folder.file("schemathesis.log"))
    return (run.exitStatus(), run.log)
  }
}
