import Foundation
import TestSupport

/// The console behind nginx, with a browser that runs a scenario of scenarios.py.
struct BrowserSite {
  /// The properties of the site passed to the scenarios; see site_under_test.py.
  private struct Description: Encodable {
    let url: String
    let token = BrowserSite.token
    let secret = SignedDelivery.secret
    let database: String
    let handler = Handler.executable
    let process: Int32
    let socket: String
    let redis: String
    let environment: [String: String]
    let screenshots: String
  }

  struct Failed: Error {
    let log: String
  }

  static let token = "a-token/of+the~console="

  /// Runs the scenario with a new empty site, and returns its failures.
  ///
  /// - Parameters:
  ///   - environment: additional settings of the handler; without a token the API is disabled.
  ///   - hasQueue: whether deliveries are queued in a Redis server, with an existing database.
  static func problems(
    of scenario: String, environment: [String: String], hasQueue: Bool = false
  ) throws -> [String] {
    let folder = try TemporaryFolder()
    var environment = environment
    let redis = hasQueue ? try RedisServer(in: folder) : nil
    defer { withExtendedLifetime(redis) {} }
    if hasQueue {
      environment["CLERK_SYNC_QUEUE"] = RedisServer.url(in: folder)
      _ = try Command.run(["init"], environment: ["CLERK_SYNC_DATABASE": "app.db"], in: folder)
    }
    let server = try NginxServer(in: folder, environment: environment)
    let screenshots = Project.file(".build/screenshots")
    try FileManager.default.createDirectory(atPath: screenshots, withIntermediateDirectories: true)
    let description = Description(
      url: server.url, database: server.database, process: server.handlerID,
      socket: server.folder.file("handler.sock"), redis: server.folder.file("redis.sock"),
      environment: Handler.environment(in: server.folder).merging(environment) { $1 },
      screenshots: screenshots)
    let file = server.folder.file("site.json")
    try JSONEncoder().encode(description).write(to: URL(filePath: file))

    let output = server.folder.file("problems.json")
    try Data().write(to: URL(filePath: output))
    let python = try ChildProcess(
      Project.file(".build/venv/bin/python"),
      ["-B", Project.file("Tests/System/Console/console.py"), scenario, file],
      environment: ["HOME": server.folder.path, "PATH": "/usr/bin:/bin"],
      standardOutput: FileHandle(forWritingTo: URL(filePath: output)),
      output: server.folder.file("browser.log"))
    guard python.exitStatus() == 0 else { throw Failed(log: python.log) }
    return try JSONDecoder().decode([String].self, from: Data(contentsOf: URL(filePath: output)))
  }
}
