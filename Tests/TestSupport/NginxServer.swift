import Foundation

/// The real handler, started by the real spawn-fcgi, behind the real nginx with the configuration of conf/.
public final class NginxServer {
  public let folder: TemporaryFolder
  public let url: String
  private let handler: ChildProcess
  private let nginx: ChildProcess

  public struct NotStarted: Error {
    let log: String
  }

  /// `bodyLimit` is nginx's; above the handler's own, so that the handler's is what a test sees.
  public init(environment: [String: String] = [:], bodyLimit: String = "4m") throws {
    folder = try TemporaryFolder()
    let port = try TCPConnection.freePort()
    url = "http://127.0.0.1:\(port)"
    try Self.configure(folder, port: port, bodyLimit: bodyLimit)

    // Without a standard error, as spawn-fcgi starts it when it goes to the background.
    handler = try ChildProcess(
      "/bin/sh",
      [
        "-c", #"exec spawn-fcgi -n -s "$0" -M 0660 -- "$1" 2>/dev/null"#, folder.file("handler.sock"),
        Handler.executable,
      ],
      environment: Handler.environment(in: folder).merging(environment) { $1 },
      folder: folder.path, output: folder.file("handler.log"))
    // Its workers would otherwise leave root and could not reach the socket.
    let user = geteuid() == 0 ? "user root; " : ""
    nginx = try ChildProcess(
      "/usr/sbin/nginx",
      ["-p", folder.path, "-e", "error.log", "-c", "nginx.conf", "-g", "\(user)daemon off;"],
      folder: folder.path, output: folder.file("nginx.log"))
    guard eventually({ isAnswering }) else { throw NotStarted(log: nginx.log + errorLog + handler.log) }
  }

  deinit {
    nginx.send(SIGQUIT)
    handler.send(SIGTERM)
    _ = nginx.exitStatus(within: 5)
    _ = handler.exitStatus(within: 5)
  }

  /// The process that answers; spawn-fcgi has become it.
  public var handlerID: Int32 { handler.id }

  public var database: String { folder.file("app.db") }

  /// nginx's error log, where the handler's standard error arrives.
  public var errorLog: String {
    (try? String(contentsOfFile: folder.file("error.log"), encoding: .utf8)) ?? ""
  }

  private var isAnswering: Bool {
    FileManager.default.fileExists(atPath: folder.file("handler.sock"))
      && FileManager.default.fileExists(atPath: folder.file("nginx.pid"))
      && (try? DatabaseFile(database).rows("SELECT id FROM users")) != nil
  }

  /// The production server block as it stands, but for the places that a test cannot use.
  private static func configure(_ folder: TemporaryFolder, port: Int, bodyLimit: String) throws {
    var block = try String(contentsOfFile: Project.file("conf/nginx/clerk-sync.conf"), encoding: .utf8)
    for (production, test) in [
      ("listen 80;", "listen 127.0.0.1:\(port);"),
      ("unix:/run/clerk-sync/clerk-sync.sock", "unix:\(folder.file("handler.sock"))"),
      ("client_max_body_size 1m;", "client_max_body_size \(bodyLimit);"),
      ("root /usr/share/clerk-sync/www;", "root \(Project.file("www"));"),
      ("/var/log/nginx/clerk-sync.error.log", folder.file("error.log")),
      ("/var/log/nginx/clerk-sync.access.log", folder.file("access.log")),
    ] {
      guard block.contains(production) else { throw NotStarted(log: "conf/nginx lacks \(production)") }
      block = block.replacingOccurrences(of: production, with: test)
    }
    try folder.write(block, to: "clerk-sync.conf")
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map { "\($0)_temp_path \($0);" }.joined(separator: " ")
    try folder.write(
      "pid nginx.pid; events {} http { \(temporary) include clerk-sync.conf; }", to: "nginx.conf")
  }
}
