import Foundation
import TestSupport

/// Caddy, with a handler started by spawn-fcgi.
final class CaddyServer: WebServer {
  let folder: TemporaryFolder
  let url: String
  private let port: LoopbackPort
  private let handler: SpawnedHandler
  private let caddy: ChildProcess

  init(settings: [String: String] = [:], changes: [(String, String)] = []) throws {
    folder = try TemporaryFolder()
    port = try LoopbackPort()
    url = port.url
    handler = try SpawnedHandler(in: folder, environment: settings, keepsLog: true)
    let site = try ConfigurationFile("caddy/Caddyfile").replacing(
      changes + [
        ("app.example.org {", "\(url) {"),
        ("unix//run/clerk-sync/clerk-sync.sock", "unix/\(handler.socket)"),
        ("/usr/share/clerk-sync/www", try folder.copyPage()),
      ])
    try folder.write(site.text, to: "site")
    let main = try folder.write("{\n\tadmin off\n}\n\nimport \(folder.file("site"))\n", to: "Caddyfile")
    caddy = try ChildProcess(
      "/usr/bin/caddy", ["run", "--config", main, "--adapter", "caddyfile"],
      environment: ["HOME": folder.path, "XDG_CONFIG_HOME": folder.path, "XDG_DATA_HOME": folder.path],
      folder: folder.path, output: folder.file("caddy.log"))
    try waitUntilListening(caddy)
  }

  deinit {
    caddy.send(SIGTERM)
    _ = caddy.exitStatus()
  }

  var errorLog: String { logs("caddy.log", "handler.log") }
}
