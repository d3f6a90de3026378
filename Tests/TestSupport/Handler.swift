import Foundation

/// The real `clerk-sync.fcgi` as a FastCGI process behind a unix socket.
public final class Handler {
  public let folder: TemporaryFolder
  public let process: ChildProcess

  /// The program under test: the one built beside the tests, or the one CLERK_SYNC_HANDLER names.
  public static var executable: String {
    ProcessInfo.processInfo.environment["CLERK_SYNC_HANDLER"]
      ?? Bundle.module.bundleURL.deletingLastPathComponent().appending(path: "clerk-sync.fcgi").path
  }

  /// Its least environment: a secret and a database in `folder`.
  public static func environment(in folder: TemporaryFolder) -> [String: String] {
    ["CLERK_WEBHOOK_SIGNING_SECRET": Delivery.secret, "CLERK_SYNC_DATABASE": folder.file("app.db")]
  }

  /// Starts it with the listening socket as its standard input, as spawn-fcgi does.
  public init(in folder: TemporaryFolder, environment: [String: String] = [:]) throws {
    self.folder = folder
    let listener = try UnixSocket.listen(at: folder.file("s"))
    process = try ChildProcess(
      Self.executable, environment: Self.environment(in: folder).merging(environment) { $1 },
      standardInput: listener, folder: folder.path, output: folder.file("handler.log"))
  }

  public var socket: String { folder.file("s") }

  public func connect() throws -> FastCGIClient { try FastCGIClient(socket) }

  /// Sends one whole request and waits for its answer.
  public func answer(_ parameters: [(String, String)], body: [UInt8] = []) throws -> Answer? {
    let client = try connect()
    client.send(FastCGIRecord.request(parameters, body: body))
    return client.answer()
  }

  public func answer(_ delivery: Delivery) throws -> Answer? {
    try answer(delivery.parameters, body: delivery.body)
  }

  /// The number of threads, open descriptors, or any other entries under /proc/PID/`name`.
  public func entries(in name: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.id)/\(name)").count
  }
}
