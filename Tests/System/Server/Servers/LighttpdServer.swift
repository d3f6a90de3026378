import Foundation
import TestSupport

/// lighttpd, which starts the handler itself or connects to one started by spawn-fcgi.
final class LighttpdServer: WebServer {
  let folder: TemporaryFolder
  let url: String
  private let port: LoopbackPort
  private let handler: SpawnedHandler?
  private let lighttpd: ChildProcess

  init(startsHandler: Bool, settings: [String: String] = [:], changes: [(String, String)] = []) throws {
    folder = try TemporaryFolder()
    port = try LoopbackPort()
    url = port.url
    let configuration: ConfigurationFile
    if startsHandler {
      handler = nil
      configuration = try Self.startingHandler(folder, settings)
    } else {
      let handler = try SpawnedHandler(in: folder, environment: settings)
      self.handler = handler
      configuration = try ConfigurationFile("lighttpd/clerk-sync-socket.conf").replacing([
        ("/run/clerk-sync/clerk-sync.sock", handler.socket)
      ])
    }
    let site = try configuration.replacing(
      changes + [
        ("app.example.org", "127.0.0.1"), ("/usr/share/clerk-sync/www", try folder.copyPage()),
      ])
    try folder.write(site.text, to: "clerk-sync.conf")
    // Like Debian's lighttpd.conf, except for the document root.
    let main = try folder.write(
      """
      server.modules = ( "mod_indexfile", "mod_access", "mod_alias", "mod_redirect" )
      server.document-root = "\(folder.path)"
      server.bind = "127.0.0.1"
      server.port = \(port.number)
      server.errorlog = "\(folder.file("error.log"))"
      include_shell "/usr/share/lighttpd/create-mime.conf.pl"
      include "\(folder.file("clerk-sync.conf"))"
      """, to: "lighttpd.conf")
    lighttpd = try ChildProcess(
      "/usr/sbin/lighttpd", ["-D", "-f", main], environment: ["PATH": "/usr/bin:/bin"],
      output: folder.file("lighttpd.log"))
    try waitUntilListening(lighttpd)
  }

  deinit {
    lighttpd.send(SIGINT)
    _ = lighttpd.exitStatus()
  }

  var errorLog: String { logs("error.log", "clerk-sync.log") }

  private static func startingHandler(
    _ folder: TemporaryFolder, _ settings: [String: String]
  ) throws -> ConfigurationFile {
    let lines = settings.map { "\n      \"\($0)\" => \"\($1)\"," }.joined()
    let secret = try folder.write(SignedDelivery.secret, to: "secret")
    return try ConfigurationFile("lighttpd/clerk-sync.conf").replacing([
      ("\"bin-environment\" => (", "\"bin-environment\" => (\(lines)"),
      ("/usr/local/bin/clerk-sync.fcgi", Handler.executable),
      ("/run/lighttpd/clerk-sync.sock", folder.file("handler.sock")),
      ("/etc/clerk-sync/secret", secret),
      ("/var/lib/clerk-sync/clerk-sync.db", folder.file("app.db")),
      ("/var/log/lighttpd/clerk-sync.log", folder.file("clerk-sync.log")),
    ])
  }
}
