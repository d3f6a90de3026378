import Foundation

/// A real web server with the real handler behind it, on a free port of the loopback, with a configuration of conf/.
///
/// It runs as long as someone holds it.
public protocol WebServer: AnyObject {
  /// Where everything is that the server and the handler write.
  var folder: TemporaryFolder { get }
  /// Such as `http://127.0.0.1:8080`.
  var url: String { get }
  /// The file that the handler keeps the users in.
  var database: String { get }
  /// What the server and the handler have logged so far.
  var errorLog: String { get }
}

extension WebServer {
  public var database: String { folder.file("app.db") }

  /// The files' texts one after the other, of those that are there.
  public func logs(_ names: String...) -> String {
    names.compactMap { try? String(contentsOfFile: folder.file($0), encoding: .utf8) }.joined()
  }

  /// Waits until it takes connections.
  ///
  /// - Throws: ``ServerNotStarted`` when it does not.
  public func waitUntilListening(_ process: ChildProcess) throws {
    let isListening = eventually { !process.isRunning || (try? TCPConnection(url)) != nil }
    guard isListening, process.isRunning else { throw ServerNotStarted(log: process.log + errorLog) }
  }
}
