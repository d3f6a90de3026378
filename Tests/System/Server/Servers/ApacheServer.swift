import Foundation
import TestSupport

/// Apache, in each mode.
final class ApacheServer: WebServer {
  let folder: TemporaryFolder
  let url: String
  let database: String
  private let port: LoopbackPort
  private let handler: SpawnedHandler?
  private let apache: ChildProcess

  /// - Parameters:
  ///   - settings: additional settings of the handler.
  ///   - changes: additional changes to the mode's file of conf/.
  init(
    _ mode: ApacheMode, settings: [String: String] = [:], changes: [(String, String)] = []
  ) throws {
    folder = try TemporaryFolder()
    database = folder.file(mode == .sharedHosting ? "home/clerk-sync/app.db" : "app.db")
    port = try LoopbackPort()
    url = port.url
    handler = mode == .proxy ? try SpawnedHandler(in: folder, environment: settings) : nil
    let configuration = try mode.configuration(
      in: folder, port: port.number, settings: settings, changes: changes)
    let modules =
      ["mpm_event", "authz_core", "authz_host", "dir", "autoindex", "alias", "env", "mime", "headers"]
      + mode.modules
    // Apache's workers never run as root.
    let user = geteuid() == 0 ? "User www-data\nGroup www-data" : ""
    let main = try folder.write(
      """
      ServerRoot \(folder.path)
      ServerName localhost
      DefaultRuntimeDir \(folder.path)
      PidFile apache.pid
      ErrorLog error.log
      Listen 127.0.0.1:\(port.number)
      \(modules.map { "LoadModule \($0)_module /usr/lib/apache2/modules/mod_\($0).so" }.joined(separator: "\n"))
      TypesConfig /etc/mime.types
      \(user)
      \(configuration)
      """, to: "apache.conf")
    if geteuid() == 0 { try Self.giveToWorkers(folder) }
    apache = try ChildProcess(
      "/usr/sbin/apache2", ["-f", main, "-DFOREGROUND"], environment: ["PATH": "/usr/bin:/bin"],
      folder: folder.path, output: folder.file("apache.log"))
    try waitUntilListening(apache)
    // Apache listens before its FastCGI and CGI daemons run. If stopped in between, it would leave them behind.
    guard eventually({ errorLog.contains("resuming normal operations") }) else {
      throw ServerNotStarted(log: errorLog)
    }
  }

  deinit {
    apache.send(SIGTERM)
    _ = apache.exitStatus()
  }

  var errorLog: String {
    logs("error.log", "clerk-sync.error.log", "home/clerk-sync/clerk-sync.log")
  }

  private static func giveToWorkers(_ folder: TemporaryFolder) throws {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    for path in [folder.path] + names.map(folder.file) where !path.hasSuffix(".sock") {
      try FileManager.default.setAttributes([.ownerAccountName: "www-data"], ofItemAtPath: path)
    }
  }
}
