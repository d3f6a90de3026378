public import Foundation

/// Unix sockets as file handles, which close the descriptor.
public enum UnixSocket {
  public struct Failure: Error {
    let call: String
    let number: Int32
  }

  /// Returns a socket that listens at `path`.
  public static func listen(at path: String) throws -> FileHandle {
    let socket = try make()
    unsafe unlink(path)
    try check("bind", unsafe with(path) { unsafe Glibc.bind(socket.fileDescriptor, $0, $1) })
    try check("listen", Glibc.listen(socket.fileDescriptor, 128))
    return socket
  }

  /// Returns a connection to `path`. Its reads time out after ``testTimeout``.
  public static func connect(to path: String) throws -> FileHandle {
    let socket = try make()
    var time = timeval(tv_sec: Int(testTimeout), tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(socket.fileDescriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
    try check("connect", unsafe with(path) { unsafe Glibc.connect(socket.fileDescriptor, $0, $1) })
    return socket
  }

  /// Returns two connected sockets: a descriptor to give away, and its peer.
  public static func pair() throws -> (Int32, FileHandle) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    try check("socketpair", unsafe socketpair(AF_UNIX, type, 0, &ends))
    return (ends[0], FileHandle(fileDescriptor: ends[1], closeOnDealloc: true))
  }

  private static func make() throws -> FileHandle {
    let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    try check("socket", number)
    return FileHandle(fileDescriptor: number, closeOnDealloc: true)
  }

  @unsafe private static func with(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  private static func check(_ call: String, _ result: Int32) throws {
    guard result >= 0 else { throw Failure(call: call, number: errno) }
  }
}
