import Foundation
import TestSupport

/// The ways from Apache to the handler.
enum ApacheMode {
  /// mod_fcgid, by what a user of shared hosting may write and upload.
  case sharedHosting
  /// mod_proxy_fcgi, on the socket of a handler that spawn-fcgi has started.
  case proxy
  /// A process a request.
  case cgi

  /// What it needs beyond the modules that each mode does.
  var modules: [String] {
    switch self {
    case .sharedHosting: ["rewrite", "fcgid", "cgid"]
    case .proxy: ["proxy", "proxy_fcgi", "reqtimeout"]
    case .cgi: ["alias", "cgid"]
    }
  }

  /// The rest of the main configuration, once the files that it names are in place.
  ///
  /// `changes` are made in the mode's file of conf/.
  func configuration(in folder: TemporaryFolder, port: Int, changes: [(String, String)]) throws -> String {
    switch self {
    case .sharedHosting: try sharedHosting(in: folder, changes)
    case .proxy: try proxy(in: folder, port: port, changes)
    case .cgi: try cgi(in: folder, changes)
    }
  }

  /// What a user uploads, and what such a host allows its users.
  private func sharedHosting(in folder: TemporaryFolder, _ changes: [(String, String)]) throws -> String {
    let (home, root) = (folder.file("home/clerk-sync"), folder.file("home/public_html"))
    for path in [home, root] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    try upload(Handler.executable, to: "\(home)/clerk-sync.fcgi", mode: 0o700)
    try upload(Project.file("conf/apache/clerk-sync.fcgi"), to: "\(root)/clerk-sync.fcgi", mode: 0o755)
    let settings = try ConfigurationFile("clerk-sync.env.example").replacing([
      ("CLERK_WEBHOOK_SIGNING_SECRET=\n", "CLERK_WEBHOOK_SIGNING_SECRET=\(SignedDelivery.secret)\n"),
      ("#CLERK_SYNC_DATABASE=data/clerk-sync.db", "CLERK_SYNC_DATABASE=app.db"),
    ])
    try folder.write(settings.text, to: "home/clerk-sync/clerk-sync.env")
    try folder.write(
      ConfigurationFile("apache/htaccess").replacing(changes).text, to: "home/public_html/.htaccess")
    return """
      FcgidIPCDir \(folder.file("fcgid"))
      FcgidProcessTableFile \(folder.file("fcgid_shm"))
      ScriptSock \(folder.file("cgid.socket"))
      DocumentRoot \(root)
      <Directory \(root)>
        AllowOverride All
        Require all granted
      </Directory>
      <FilesMatch "^\\.ht">
        Require all denied
      </FilesMatch>
      """
  }

  private func proxy(in folder: TemporaryFolder, port: Int, _ changes: [(String, String)]) throws -> String {
    try ConfigurationFile("apache/proxy-fcgi.conf").replacing(
      changes + [
        ("<VirtualHost *:80>", "<VirtualHost 127.0.0.1:\(port)>"),
        ("/run/clerk-sync/clerk-sync.sock", folder.file("handler.sock")),
        ("/usr/share/clerk-sync/www", Project.file("www")),
        ("/var/log/apache2", folder.path),
      ]
    ).text
  }

  private func cgi(in folder: TemporaryFolder, _ changes: [(String, String)]) throws -> String {
    try upload(Handler.executable, to: folder.file("clerk-sync.fcgi"), mode: 0o755)
    let secret = try folder.write(SignedDelivery.secret, to: "secret")
    let configuration = try ConfigurationFile("apache/cgi.conf").replacing(
      changes + [
        ("/usr/local/bin", folder.path),
        ("/etc/clerk-sync/secret", secret),
        ("/var/lib/clerk-sync/clerk-sync.db", folder.file("app.db")),
      ])
    return "ScriptSock \(folder.file("cgid.socket"))\n\(configuration.text)"
  }

  private func upload(_ file: String, to path: String, mode: Int) throws {
    try FileManager.default.copyItem(atPath: file, toPath: path)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }
}
