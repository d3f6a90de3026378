import Foundation
import TestSupport

/// nginx with the production server block on port 80, and the handler with a queue behind it.
final class ReceivingMachine: Sendable {
  let handler: Handler
  private let nginx: ChildProcess
  private let folder: TemporaryFolder

  init(on machine: NetworkNamespace, queue: String) throws {
    folder = try TemporaryFolder(inMemory: true)
    handler = try Handler(
      in: folder, environment: ["CLERK_SYNC_QUEUE": queue, "CLERK_SYNC_THREADS": "16"],
      command: #"exec \#(machine.launcher.joined(separator: " ")) "$0" "$@""#)
    let block = try ConfigurationFile("nginx/clerk-sync.conf").replacing([
      ("/run/clerk-sync/clerk-sync.sock", handler.socket), ("/usr/share/clerk-sync/www", folder.path),
      ("/var/log/nginx/clerk-sync", folder.file("clerk-sync")),
    ])
    try folder.write(block.text, to: "clerk-sync.conf")
    try folder.write(
      """
      pid nginx.pid; user root; events {}
      http { client_body_temp_path body; fastcgi_temp_path fastcgi; include clerk-sync.conf; }
      """, to: "nginx.conf")
    let command =
      machine.launcher
      + ["nginx", "-p", folder.path, "-e", "error.log", "-c", "nginx.conf", "-g", "daemon off;"]
    let nginx = try ChildProcess(
      command[0], Array(command.dropFirst()), folder: folder.path, output: folder.file("nginx.log"))
    self.nginx = nginx
    try inThreads(1) { _ in
      try machine.enter()
      let isListening = eventually { (try? TCPConnection("http://127.0.0.1")) != nil }
      guard isListening else { throw ServerNotStarted(log: nginx.log) }
    }
  }

  deinit {
    nginx.send(SIGTERM)
    _ = nginx.exitStatus()
  }

  /// The number of deliveries that the handler has queued.
  var queued: Int { handler.process.log.components(separatedBy: "outcome=queued").count - 1 }

  /// Whether it has created a database.
  var hasDatabase: Bool { FileManager.default.fileExists(atPath: folder.file("app.db")) }
}
