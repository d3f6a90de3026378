import Foundation
import TestSupport

/// Answers PING, INFO and XLEN as a Redis of some version would; one of an old version cannot be installed beside the
/// real one.
final class FakeRedis: Sendable {
  private let listener: FileHandle

  init(at path: String, version: String) throws {
    listener = try UnixSocket.listen(at: path)
    let descriptor = listener.fileDescriptor
    let info = "# Server\r\nredis_version:\(version)\r\nrole:master\r\n"
    Thread.detachNewThread {
      while case let connection = accept(descriptor, nil, nil), connection >= 0 {
        Thread.detachNewThread { Self.serve(connection, info: "$\(info.utf8.count)\r\n\(info)\r\n") }
      }
    }
  }

  deinit {
    shutdown(listener.fileDescriptor, Int32(SHUT_RDWR))
  }

  private static func serve(_ connection: Int32, info: String) {
    defer { close(connection) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    while case let count = unsafe recv(connection, &bytes, bytes.count, 0), count > 0 {
      let command = String(decoding: bytes.prefix(count), as: UTF8.self)
      let answer =
        command.contains("PING") ? "+PONG\r\n" : command.contains("INFO") ? info : "-ERR unknown command\r\n"
      _ = unsafe Array(answer.utf8).withUnsafeBytes {
        unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
    }
  }
}
