import Foundation

/// The real handler, started by the real spawn-fcgi on a socket of its own.
public final class SpawnedHandler {
  public let socket: String
  private let process: ChildProcess

  /// Waits until the handler has made its database.
  ///
  /// Without a standard error, as spawn-fcgi starts it when it goes to the background, unless it `keepsLog`.
  /// - Throws: ``ServerNotStarted`` when there is no database.
  public init(in folder: TemporaryFolder, environment: [String: String] = [:], keepsLog: Bool = false) throws
  {
    socket = folder.file("handler.sock")
    let errors = keepsLog ? "" : "2>/dev/null"
    // Apache's workers have another user than a test that root runs.
    let mode = geteuid() == 0 ? "0666" : "0660"
    process = try ChildProcess(
      "/bin/sh",
      ["-c", #"exec spawn-fcgi -n -s "$0" -M \#(mode) -- "$1" \#(errors)"#, socket, Handler.executable],
      environment: Handler.environment(in: folder).merging(environment) { $1 },
      folder: folder.path, output: folder.file("handler.log"))
    let database = DatabaseFile(folder.file("app.db"))
    guard eventually({ (try? database.rows("SELECT id FROM users")) != nil }) else {
      throw ServerNotStarted(log: process.log)
    }
  }

  deinit {
    process.send(SIGTERM)
    _ = process.exitStatus()
  }

  /// The handler's process; spawn-fcgi has become it.
  public var id: Int32 { process.id }
}
