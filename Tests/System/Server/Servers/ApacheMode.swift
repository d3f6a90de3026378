import Foundation
import TestSupport

/// The ways to run the handler with Apache.
enum ApacheMode {
  /// mod_fcgid, with the files that a user of shared hosting may upload.
  case sharedHosting
  /// mod_proxy_fcgi, with a handler started by spawn-fcgi.
  case proxy
  /// Plain CGI, with a process per request.
  case cgi

  /// The modules needed in addition to the common ones.
  var modules: [String] {
    switch self {
    case .sharedHosting: ["rewrite", "fcgid", "cgid", "negotiation"]
    case .proxy: ["proxy", "proxy_fcgi", "reqtimeout"]
    case .cgi: ["cgid"]
    }
  }

  /// Creates the files of this mode, and returns the rest of the main configuration.
  ///
  /// The `settings` are the handler's, unless it has been started with them; the `changes` are made in the mode's file
  /// of conf/.
  func configuration(
    in folder: TemporaryFolder, port: Int, settings: [String: String], changes: [(String, String)]
  ) throws -> String {
    switch self {
    case .sharedHosting: try sharedHosting(in: folder, settings, changes)
    case .proxy:
      try site(
        "apache/proxy-fcgi.conf", in: folder, port: port,
        changes + [
          ("/run/clerk-sync/clerk-sync.sock", folder.file("handler.sock"))
        ])
    case .cgi: try cgi(in: folder, port: port, settings, changes)
    }
  }

  /// Creates the files that a user uploads, and returns the host's configuration.
  private func sharedHosting(
    in folder: TemporaryFolder, _ further: [String: String], _ changes: [(String, String)]
  ) throws -> String {
    let (home, root) = (folder.file("home/clerk-sync"), folder.file("home/public_html"))
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    _ = try folder.copyPage(to: "home/public_html")
    try upload(Handler.executable, to: "\(home)/clerk-sync.fcgi", mode: 0o700)
    try upload(Project.file("conf/apache/clerk-sync.fcgi"), to: "\(root)/clerk-sync.fcgi", mode: 0o755)
    let settings = try ConfigurationFile("clerk-sync.env.example").replacing([
      ("CLERK_WEBHOOK_SIGNING_SECRET=\n", "CLERK_WEBHOOK_SIGNING_SECRET=\(SignedDelivery.secret)\n"),
      ("#CLERK_SYNC_DATABASE=data/clerk-sync.db", "CLERK_SYNC_DATABASE=app.db"),
    ])
    let lines = further.map { "\($0)='\($1)'\n" }.joined()
    try folder.write(settings.text + lines, to: "home/clerk-sync/clerk-sync.env")
    try folder.write(
      ConfigurationFile("apache/htaccess").replacing(changes).text, to: "home/public_html/.htaccess")
    return """
      FcgidIPCDir \(folder.file("fcgid"))
      FcgidProcessTableFile \(folder.file("fcgid_shm"))
      ScriptSock \(folder.file("cgid.socket"))
      DocumentRoot \(root)
      <Directory \(root)>
        Options Indexes FollowSymLinks MultiViews
        AllowOverride All
        Require all granted
      </Directory>
      <FilesMatch "^\\.ht">
        Require all denied
      </FilesMatch>
      """
  }

  private func cgi(
    in folder: TemporaryFolder, port: Int, _ settings: [String: String], _ changes: [(String, String)]
  ) throws -> String {
    try upload(Handler.executable, to: folder.file("clerk-sync.fcgi"), mode: 0o755)
    let secret = try folder.write(SignedDelivery.secret, to: "secret")
    let lines = settings.map { "SetEnv \($0) \($1)\n    " }.joined()
    let site = try site(
      "apache/cgi.conf", in: folder, port: port,
      changes + [
        ("SetEnv CLERK_SYNC_DATABASE", "\(lines)SetEnv CLERK_SYNC_DATABASE"),
        ("/usr/local/bin", folder.path),
        ("/etc/clerk-sync/secret", secret),
        ("/var/lib/clerk-sync/clerk-sync.db", folder.file("app.db")),
      ])
    return "ScriptSock \(folder.file("cgid.socket"))\n\(site)"
  }

  /// Returns the virtual host in a file of conf/.
  private func site(
    _ name: String, in folder: TemporaryFolder, port: Int, _ changes: [(String, String)]
  ) throws -> String {
    try ConfigurationFile(name).replacing(
      changes + [
        ("<VirtualHost *:80>", "<VirtualHost 127.0.0.1:\(port)>"),
        ("/usr/share/clerk-sync/www", try folder.copyPage()),
        ("/var/log/apache2", folder.path),
      ]
    ).text
  }

  private func upload(_ file: String, to path: String, mode: Int) throws {
    try FileManager.default.copyItem(atPath: file, toPath: path)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }
}
