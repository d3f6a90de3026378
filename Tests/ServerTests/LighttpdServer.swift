import Foundation
import TestSupport

/// lighttpd, which starts the handler itself, or connects to the socket of one that spawn-fcgi has started.
final class LighttpdServer: WebServer {
  let folder: TemporaryFolder
  let url: String
  private let handler: SpawnedHandler?
  private let lighttpd: ChildProcess

  init(startsHandler: Bool) throws {
    folder = try TemporaryFolder()
    let port = try TCPConnection.freePort()
    url = "http://127.0.0.1:\(port)"
    let configuration: ConfigurationFile
    if startsHandler {
      handler = nil
      configuration = try Self.startingHandler(folder)
    } else {
      let handler = try SpawnedHandler(in: folder)
      self.handler = handler
      configuration = try ConfigurationFile("lighttpd/clerk-sync-socket.conf").replacing([
        ("/run/clerk-sync/clerk-sync.sock", handler.socket)
      ])
    }
    try folder.write(configuration.text, to: "clerk-sync.conf")
    let main = try folder.write(
      """
      server.document-root = "\(Project.file("www"))"
      server.bind = "127.0.0.1"
      server.port = \(port)
      server.errorlog = "\(folder.file("error.log"))"
      include "\(folder.file("clerk-sync.conf"))"
      """, to: "lighttpd.conf")
    lighttpd = try ChildProcess(
      "/usr/sbin/lighttpd", ["-D", "-f", main], environment: ["PATH": "/usr/bin:/bin"],
      output: folder.file("lighttpd.log"))
    try waitUntilListening(lighttpd)
  }

  deinit {
    lighttpd.send(SIGINT)
    _ = lighttpd.exitStatus(within: 5)
  }

  var errorLog: String { logs("error.log", "clerk-sync.log") }

  private static func startingHandler(_ folder: TemporaryFolder) throws -> ConfigurationFile {
    let secret = try folder.write(SignedDelivery.secret, to: "secret")
    return try ConfigurationFile("lighttpd/clerk-sync.conf").replacing([
      ("/usr/local/bin/clerk-sync.fcgi", Handler.executable),
      ("/run/lighttpd/clerk-sync.sock", folder.file("handler.sock")),
      ("/etc/clerk-sync/secret", secret),
      ("/var/lib/clerk-sync/clerk-sync.db", folder.file("app.db")),
      ("/var/log/lighttpd/clerk-sync.log", folder.file("clerk-sync.log")),
    ])
  }
}
