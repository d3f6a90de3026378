import Foundation

/// The web server's side of one FastCGI connection, for requests no web server would send.
public final class FastCGIClient {
  private let socket: FileHandle

  public init(_ path: String) throws {
    socket = try UnixSocket.connect(to: path)
  }

  /// Sends the bytes; false when the peer has closed.
  @discardableResult
  public func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.send(socket.fileDescriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      }
      if sent <= 0 { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  /// Says that no more is to come, and keeps listening.
  public func endSending() {
    shutdown(socket.fileDescriptor, Int32(SHUT_WR))
  }

  public func close() throws {
    try socket.close()
  }

  /// Everything up to the peer's close, as the answer it makes up; nil when it holds no whole one.
  public func answer() -> Answer? {
    var standardOutput: [UInt8] = []
    var standardError: [UInt8] = []
    while let header = read(8) {
      let length = Int(header[4]) << 8 | Int(header[5])
      guard let content = read(length + Int(header[6]))?.prefix(length) else { return nil }
      switch header[1] {
      case FastCGIRecord.stdout: standardOutput += content
      case FastCGIRecord.stderr: standardError += content
      case FastCGIRecord.endRequest: return Answer(standardOutput, standardError: standardError)
      default: continue
      }
    }
    return nil
  }

  private func read(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: count - bytes.count) { buffer, initialized in
        initialized = max(0, unsafe recv(socket.fileDescriptor, buffer.baseAddress, buffer.count, 0))
      }
      if chunk.isEmpty { return nil }
      bytes += chunk
    }
    return bytes
  }
}
