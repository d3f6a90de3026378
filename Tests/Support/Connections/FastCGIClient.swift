public import Foundation

/// The web server's side of a FastCGI connection, for requests that no web server would send.
public final class FastCGIClient: Sendable {
  private let socket: FileHandle

  public init(_ path: String) throws {
    socket = try UnixSocket.connect(to: path)
  }

  public init(over socket: FileHandle) {
    self.socket = socket
  }

  /// Sends the bytes. Returns false when the peer has closed.
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

  /// Shuts down the sending side only.
  public func endSending() {
    shutdown(socket.fileDescriptor, Int32(SHUT_WR))
  }

  /// The number of sent bytes that the peer has not read yet (unix(7), SIOCOUTQ).
  public var unreadBytes: Int32 {
    var count: Int32 = 0
    return unsafe ioctl(socket.fileDescriptor, UInt(TIOCOUTQ), &count) == 0 ? count : 0
  }

  public func close() throws {
    try socket.close()
  }

  /// Reads until the end of the request. Returns nil when the peer closes before a complete answer, or answers another
  /// request.
  public func answer(id: UInt16 = 1) -> Answer? {
    var standardOutput: [UInt8] = []
    var standardError: [UInt8] = []
    while let record = record() {
      guard record.id == id || record.id == 0 else { return nil }
      switch record.type {
      case FastCGIRecord.stdout: standardOutput += record.content
      case FastCGIRecord.stderr: standardError += record.content
      case FastCGIRecord.endRequest: return Answer(standardOutput, standardError: standardError)
      default: continue
      }
    }
    return nil
  }

  /// Reads the next record. Returns nil when the peer closes first.
  public func record() -> (type: UInt8, id: UInt16, content: [UInt8])? {
    guard let header = read(8) else { return nil }
    let length = Int(header[4]) << 8 | Int(header[5])
    guard let content = read(length + Int(header[6])) else { return nil }
    return (header[1], UInt16(header[2]) << 8 | UInt16(header[3]), Array(content.prefix(length)))
  }

  /// Waits for the peer to close. Returns false when another byte arrives or the read times out.
  public func isClosedByPeer() -> Bool {
    var byte: UInt8 = 0
    let result = unsafe recv(socket.fileDescriptor, &byte, 1, 0)
    return result == 0 || (result < 0 && errno == ECONNRESET)
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
