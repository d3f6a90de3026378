import Foundation

/// The real handler, started by the real spawn-fcgi on its own socket.
public final class SpawnedHandler {
  public let socket: String
  private let process: ChildProcess

  /// Starts the handler and waits until it has created its database.
  ///
  /// It has no standard error, as when spawn-fcgi runs it in the background, unless it `keepsLog`.
  ///
  /// - Throws: ``ServerNotStarted`` when there is no database.
  public init(in folder: TemporaryFolder, environment: [String: String] = [:], keepsLog: Bool = false) throws
  {
    socket = folder.file("handler.sock")
    let errors = keepsLog ? "" : "2>/dev/null"
    // Apache's workers run as another user than a test run by root.
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

  /// The id of the handler's process, which replaced spawn-fcgi.
  public var id: Int32 { process.id }
}
