public import Foundation

/// The real `clerk-sync.fcgi` as a FastCGI process behind a unix socket.
public final class Handler: Endpoint, Sendable {
  public let folder: TemporaryFolder
  public let process: ChildProcess

  /// The program under test: the one built with the tests, or the one named by CLERK_SYNC_HANDLER.
  public static var executable: String {
    ProcessInfo.processInfo.environment["CLERK_SYNC_HANDLER"] ?? built("clerk-sync.fcgi")
  }

  /// Returns the path of a program built with the tests.
  public static func built(_ name: String) -> String {
    Bundle.module.bundleURL.deletingLastPathComponent().appending(path: name).path
  }

  /// Returns the minimal environment: a secret and a database in `folder`.
  public static func environment(in folder: TemporaryFolder) -> [String: String] {
    [
      "CLERK_WEBHOOK_SIGNING_SECRET": SignedDelivery.secret, "CLERK_SYNC_DATABASE": folder.file("app.db"),
      "CLERK_SYNC_CONNECTION": TestMode.connection ?? "", "CLERK_SYNC_THREADS": "4",
    ]
  }

  /// Starts it with the listening socket as its standard input, as spawn-fcgi does.
  ///
  /// - Parameters:
  ///   - listener: a socket that listens at the folder's file `s`; by default a new one.
  ///   - command: a shell command that ends in `exec "$0" "$@"`, the program and its arguments.
  public init(
    in folder: TemporaryFolder, environment: [String: String] = [:], listener: FileHandle? = nil,
    program: String = Handler.executable, arguments: [String] = [], command: String = #"exec "$0" "$@""#,
    log: String = "handler.log"
  ) throws {
    self.folder = folder
    process = try ChildProcess(
      "/bin/sh", ["-c", command, program] + arguments,
      environment: Self.environment(in: folder).merging(environment) { $1 },
      standardInput: try listener ?? UnixSocket.listen(at: folder.file("s")), folder: folder.path,
      output: folder.file(log))
  }

  public var socket: String { folder.file("s") }

  public func connect() throws -> FastCGIClient { try FastCGIClient(socket) }

  /// Sends a complete request. Returns its answer, including the process's log output during the request.
  public func answer(_ parameters: [(String, String)], body: [UInt8] = []) throws -> Answer? {
    let logged = process.log.utf8.count
    let client = try connect()
    client.send(FastCGIRecord.request(parameters, body: body))
    var answer = client.answer()
    answer?.standardError += String(decoding: process.log.utf8.dropFirst(logged), as: UTF8.self)
    return answer
  }

  /// Makes one attempt at delivery. Returns whether the answer was 200.
  public func accepts(_ delivery: SignedDelivery) throws -> Bool {
    let client = try connect()
    client.send(FastCGIRecord.request(delivery.parameters, body: delivery.body))
    return client.answer()?.status == 200
  }
}

extension Handler {
  /// Starts the gateway with an echo in place of the application, and with limits in milliseconds that a test
  /// can wait for.
  public static func probe(
    in folder: TemporaryFolder, readDeadline: Int = 10_000, stopLimit: Int = 14_000, threads: Int = 1
  ) throws -> Handler {
    try Handler(
      in: folder, program: built("GatewayProbe"),
      arguments: ["\(readDeadline)", "\(stopLimit)", "\(threads)"])
  }
}
