import Foundation

/// A plain TCP connection to a server, for input that no HTTP client would send.
public final class TCPConnection {
  public struct Failure: Error {
    let number: Int32
  }

  private let socket: FileHandle

  /// Connects to the address and port of a URL such as `http://127.0.0.1:8080`, optionally from a given local
  /// address.
  public init(_ url: String, from source: String? = nil) throws {
    socket = Self.make()
    let url = URL(string: url)
    if let source {
      let bound = unsafe Self.with(source, port: 0) { unsafe bind(socket.fileDescriptor, $0, $1) }
      guard bound == 0 else { throw Failure(number: errno) }
    }
    let connected = unsafe Self.with(url?.host() ?? "", port: UInt16(url?.port ?? 80)) { address, length in
      unsafe connect(socket.fileDescriptor, address, length)
    }
    guard connected == 0 else { throw Failure(number: errno) }
  }

  public func send(_ bytes: ArraySlice<UInt8>) {
    _ = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.send(socket.fileDescriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
  }

  /// Returns everything that the server sends before it closes.
  public func receive() -> String {
    String(decoding: (try? socket.readToEnd()) ?? Data(), as: UTF8.self)
  }

  fileprivate static func make() -> FileHandle {
    FileHandle(
      fileDescriptor: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0),
      closeOnDealloc: true)
  }

  @unsafe fileprivate static func with(
    _ host: String, port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = unsafe inet_addr(host)
    address.sin_port = port.bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}

/// A loopback port reserved for the lifetime of this object.
///
/// The port stays bound without listening, so the kernel assigns it to nobody else. A server that sets
/// SO_REUSEADDR, as all servers in the tests do, can still bind the port and listen on it. Until then
/// connections are refused.
public final class LoopbackPort: Sendable {
  public let number: Int
  private let reservation: FileHandle

  public init() throws {
    reservation = TCPConnection.make()
    var reuse: Int32 = 1
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = reservation.fileDescriptor
    let reuseSize = socklen_t(MemoryLayout<Int32>.size)
    guard
      unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, reuseSize) == 0,
      unsafe TCPConnection.with("127.0.0.1", port: 0, { unsafe bind(descriptor, $0, $1) }) == 0,
      unsafe withUnsafeMutablePointer(
        to: &address,
        { pointer in
          unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe getsockname(descriptor, $0, &length)
          }
        }) == 0
    else { throw TCPConnection.Failure(number: errno) }
    number = Int(UInt16(bigEndian: address.sin_port))
  }

  /// The URL of a server on this port.
  public var url: String { "http://127.0.0.1:\(number)" }
}
