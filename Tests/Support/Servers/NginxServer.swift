import Foundation

/// nginx with the production server block.
public final class NginxServer: WebServer {
  public let folder: TemporaryFolder
  public let url: String
  private let ports: [LoopbackPort]
  private let handler: SpawnedHandler
  private let nginx: ChildProcess

  /// - Parameters:
  ///   - environment: additions to the handler's minimal environment.
  ///   - changes: further replacements in the server block.
  ///   - isSecure: whether the TLS lines replace the plain one.
  ///   - isBehindProxy: whether another nginx is a proxy in front. `url` is then the proxy's.
  public init(
    in folder: TemporaryFolder? = nil, environment: [String: String] = [:], changes: [(String, String)] = [],
    isSecure: Bool = false, isBehindProxy: Bool = false
  ) throws {
    let folder = try folder ?? TemporaryFolder()
    self.folder = folder
    ports = [try LoopbackPort(), try LoopbackPort()]
    let (port, proxyPort) = (ports[0].number, ports[1].number)
    url = "http\(isSecure ? "s" : "")://127.0.0.1:\(isBehindProxy ? proxyPort : port)"
    handler = try SpawnedHandler(in: folder, environment: environment)
    let listen = isSecure ? try Self.secure(folder, port) : [("listen 80;", "listen 127.0.0.1:\(port);")]
    let block = try ConfigurationFile("nginx/clerk-sync.conf").replacing(
      changes + listen + [
        ("unix:/run/clerk-sync/clerk-sync.sock", "unix:\(handler.socket)"),
        ("root /usr/share/clerk-sync/www;", "root \(try folder.copyPage());"),
        ("/var/log/nginx/clerk-sync.error.log", folder.file("error.log")),
        ("/var/log/nginx/clerk-sync.access.log", folder.file("access.log")),
      ])
    try folder.write(block.text, to: "clerk-sync.conf")
    let proxy =
      "server { listen 127.0.0.1:\(proxyPort); location / { proxy_pass http://127.0.0.1:\(port); } }"
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map { "\($0)_temp_path \($0);" }.joined(separator: " ")
    try folder.write(
      """
      pid nginx.pid; events {}
      http {
        include /etc/nginx/mime.types; default_type application/octet-stream;
        \(temporary) access_log access.log; include clerk-sync.conf; \(isBehindProxy ? proxy : "")
      }
      """, to: "nginx.conf")

    // Its workers would otherwise drop root's rights and could not read the folder.
    let user = geteuid() == 0 ? "user root; " : ""
    nginx = try ChildProcess(
      "/usr/sbin/nginx",
      ["-p", folder.path, "-e", "error.log", "-c", "nginx.conf", "-g", "\(user)daemon off;"],
      folder: folder.path, output: folder.file("nginx.log"))
    try waitUntilListening(nginx)
  }

  deinit {
    nginx.send(SIGQUIT)
    _ = nginx.exitStatus()
  }

  public var handlerID: Int32 { handler.id }

  /// nginx's error log, which includes the handler's standard error.
  public var errorLog: String { logs("error.log") }

  /// Returns the changes that enable the TLS lines, with the test's port and certificate.
  private static func secure(_ folder: TemporaryFolder, _ port: Int) throws -> [(String, String)] {
    let files = try SelfSignedCertificate(in: folder)
    return [
      ("  listen 80;\n", ""), ("# listen 443 ssl", "listen 127.0.0.1:\(port) ssl"),
      ("# ssl_certificate", "ssl_certificate"),
      ("/etc/letsencrypt/live/app.example.org/fullchain.pem", files.certificate),
      ("/etc/letsencrypt/live/app.example.org/privkey.pem", files.key),
    ]
  }
}

extension NginxServer {
  /// Has the command record a comparison with Clerk that failed, because this server is not Clerk's API, and then turns it
  /// into one that found differences now and left one. `tables` is the handler's mapping file.
  public func recordDrift(tables: String? = nil) throws {
    _ = try Command.run(
      ["reconcile", "--entity", "user", "--database", database, "--api-url", url],
      environment: ["CLERK_SECRET_KEY": "sk_test_none", "CLERK_SYNC_TABLES": tables ?? ""],
      in: TemporaryFolder())
    try DatabaseFile(database).execute(
      """
      UPDATE clerk_sync_reconciliations SET succeeded = 1, last_success = started, found_missing = 3, found_different = 0,
        found_extra = 1, missing = 0, different = 0, extra = 1, foreign_rows = 0, unusable = 0, drift_since = started
      """)
  }
}
