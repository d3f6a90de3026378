import Foundation
import TestSupport
import Testing

/// Tests of www/openapi.json: schemathesis generates requests from it and sends them to the handler behind nginx.
@Suite(.programs) struct OpenAPITests {
  private static let limits = [("rate=20r/s", "rate=10000r/s"), ("burst=100", "burst=10000")]

  /// Starts a server with 30 users, a consumer of their changes, and a comparison with Clerk. `tables` names an example in
  /// conf/tables; with its organizations, the server has one, of which all users are members.
  private func start(tables: String? = nil) throws -> NginxServer {
    var environment = ["CLERK_SYNC_ADMIN_TOKEN": APICase.token, "CLERK_SYNC_CHANGES": "on"]
    environment["CLERK_SYNC_TABLES"] = tables.map { Project.file("conf/tables/\($0).json5") }
    let folder = try TemporaryFolder()
    if let tables { try ApplicationSchema.create(tables, at: folder.file("app.db")) }
    let server = try NginxServer(in: folder, environment: environment, changes: Self.limits)
    var bodies = (0..<30).map { Payload.user(id: "user_\($0)") }
    if tables == "organizations" {
      bodies.append(#"{"type":"organization.created","data":{"id":"org_1","name":"Acme"}}"#)
      bodies += (0..<30).map { number in
        """
        {"type":"organizationMembership.created","data":{"id":"orgmem_\(number)","role":"org:member",\
        "organization":{"id":"org_1"},"public_user_data":{"user_id":"user_\(number)"}}}
        """
      }
    }
    let answers = try Sender.send(bodies.map { server.request($0) })
    try #require(answers.allSatisfy { $0.status == 200 })
    try DatabaseFile(server.database).execute(
      "INSERT INTO clerk_sync_consumers (name, position) VALUES ('mail', 0)")
    try server.recordDrift(tables: environment["CLERK_SYNC_TABLES"])
    return server
  }

  @Test(arguments: [nil, "organizations"])
  func `Responses conform to the description, and other requests are rejected`(tables: String?) throws {
    let server = try start(tables: tables)
    let run = try schemathesis(Project.file("www/openapi.json"), ["--max-examples", "20"], server)
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
    let server = try start()
    let file = try server.folder.write(description.replacing(text, with: wrong), to: "wrong.json")
    let run = try schemathesis(
      file, ["--max-examples", "5", "--max-failures", "1"], server)
    #expect(run.status == 1, "\(run.output)")
  }

  private func schemathesis(
    _ file: String, _ options: [String], _ server: NginxServer
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
