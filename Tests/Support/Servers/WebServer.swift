import Foundation

/// A real web server with the real handler behind it, on a free loopback port, with a configuration from
/// conf/.
///
/// It runs for the lifetime of the object.
public protocol WebServer: AnyObject {
  /// The folder of all files that the server and the handler write.
  var folder: TemporaryFolder { get }
  /// The base URL, such as `http://127.0.0.1:8080`.
  var url: String { get }
  /// The handler's database.
  var database: String { get }
  /// The log output of the server and the handler so far.
  var errorLog: String { get }
}

extension WebServer {
  public var database: String { folder.file("app.db") }

  /// Returns the concatenated texts of those files that exist.
  public func logs(_ names: String...) -> String {
    names.compactMap { try? String(contentsOfFile: folder.file($0), encoding: .utf8) }.joined()
  }

  /// Waits until the server accepts connections.
  ///
  /// - Throws: ``ServerNotStarted`` when it does not.
  public func waitUntilListening(_ process: ChildProcess) throws {
    let isListening = eventually { !process.isRunning || (try? TCPConnection(url)) != nil }
    guard isListening, process.isRunning else { throw ServerNotStarted(log: process.log + errorLog) }
  }
}

/// A server under test does not answer. `log` is its log output.
public struct ServerNotStarted: Error {
  let log: String

  public init(log: String) {
    self.log = log
  }
}
