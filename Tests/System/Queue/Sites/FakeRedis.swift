import Foundation
import TestSupport

/// A server that speaks Redis's protocol without being Redis.
final class FakeRedis: Sendable {
  private let listener: FileHandle

  /// Replies to each message with the result of `answer`.
  init(at path: String, answer: @escaping @Sendable (String) -> String) throws {
    let listener = try UnixSocket.listen(at: path)
    self.listener = listener
    Thread.detachNewThread {
      // It keeps the listener, whose number another socket could get otherwise.
      while case let connection = accept(listener.fileDescriptor, nil, nil), connection >= 0 {
        Thread.detachNewThread { Self.serve(connection, answer) }
      }
    }
  }

  /// Replies to PING and INFO like a Redis of the given version. An old version cannot be installed beside
  /// the real one.
  convenience init(at path: String, version: String) throws {
    let info = "# Server\r\nredis_version:\(version)\r\nrole:master\r\n"
    try self.init(at: path) { command in
      command.contains("PING")
        ? "+PONG\r\n"
        : command.contains("INFO") ? "$\(info.utf8.count)\r\n\(info)\r\n" : "-ERR unknown command\r\n"
    }
  }

  deinit {
    shutdown(listener.fileDescriptor, Int32(SHUT_RDWR))
  }

  private static func serve(_ connection: Int32, _ answer: (String) -> String) {
    defer { close(connection) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    while case let count = unsafe recv(connection, &bytes, bytes.count, 0), count > 0 {
      let reply = answer(String(decoding: bytes.prefix(count), as: UTF8.self))
      _ = unsafe Array(reply.utf8).withUnsafeBytes {
        unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
    }
  }
}
