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

  private struct Job: Encodable {
    let scenario: String
    let site: Description
  }

  private static let browsers = LineProgram.Pool {
    let home = Project.file(".build/browser")
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    return try LineProgram(
      "Tests/System/Console/console.py", environment: ["HOME": home, "PATH": "/usr/bin:/bin"])
  }

  static let token = "a-token/of+the~console="

  /// Runs the scenario with a new empty site, and returns its failures.
  ///
  /// - Parameters:
  ///   - environment: additional settings of the handler; without a token the API is disabled.
  ///   - hasQueue: whether deliveries are queued in a Redis server, with an existing database.
  ///   - tables: an example in conf/tables, whose tables the database then has.
  static func problems(
    of scenario: String, environment: [String: String], hasQueue: Bool = false, tables: String? = nil
  ) throws -> [String] {
    let folder = try TemporaryFolder()
    var environment = environment
    let redis = hasQueue ? try RedisServer(in: folder) : nil
    defer { withExtendedLifetime(redis) {} }
    if hasQueue {
      environment["CLERK_SYNC_QUEUE"] = RedisServer.url(in: folder)
      _ = try Command.run(["init"], environment: ["CLERK_SYNC_DATABASE": "app.db"], in: folder)
    }
    if let tables {
      environment["CLERK_SYNC_TABLES"] = Project.file("conf/tables/\(tables).json5")
      try ApplicationSchema.create(tables, at: folder.file("app.db"))
    }
    let server = try NginxServer(in: folder, environment: environment)
    let screenshots = Project.file(".build/screenshots")
    try FileManager.default.createDirectory(atPath: screenshots, withIntermediateDirectories: true)
    let description = Description(
      url: server.url, database: server.database, process: server.handlerID,
      socket: server.folder.file("handler.sock"), redis: server.folder.file("redis.sock"),
      environment: Handler.environment(in: server.folder).merging(environment) { $1 },
      screenshots: screenshots)
    return try browsers.run(Job(scenario: scenario, site: description))
  }
}
