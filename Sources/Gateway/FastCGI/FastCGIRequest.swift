import CFastCGI
import Glibc

/// The only owner of an `FCGX_Request`, libfcgi's request.
///
/// It is on the heap because its streams point back to it. The fields `ipcFd` and `keepConnection` are
/// documented as private, but accepting the connection outside libfcgi is the only way to stop and to enforce
/// a deadline. A test checks the behaviour of libfcgi on which this relies.
@safe struct FastCGIRequest: ~Copyable, BodySource {
  private let request: UnsafeMutablePointer<FCGX_Request>
  /// Whether the peer has sent the whole request, so that no unread bytes remain.
  private var isReadWhole = false

  init() {
    unsafe request = .allocate(capacity: 1)
    unsafe FCGX_InitRequest(request, -1, 0)
  }

  deinit {
    unsafe FCGX_Free(request, 1)
    unsafe request.deallocate()
  }

  /// Reads FCGI_BEGIN_REQUEST and FCGI_PARAMS from `connection`, which libfcgi closes. Returns nil unless
  /// both arrived completely.
  mutating func begin(on connection: Int32) -> Parameters? {
    isReadWhole = false
    unsafe request.pointee.ipcFd = connection
    // FCGX_Accept_r first finishes the previous request, which closes the connection unless told to keep it.
    unsafe request.pointee.keepConnection = 1
    guard unsafe FCGX_Accept_r(request) == 0 else { return nil }
    unsafe request.pointee.keepConnection = 0
    // A read that ends within the parameters leaves half an environment, and only this flag shows it. The
    // request has begun by then: unless freed here, it would be finished on the next connection and close
    // that one.
    guard unsafe FCGX_GetError(request.pointee.in) == 0 else {
      unsafe FCGX_Free(request, 1)
      return nil
    }
    var parameters = Parameters()
    unsafe parameters.append(environment: request.pointee.envp)
    return parameters
  }

  func read(_ count: Int, into body: inout [UInt8]) -> Int {
    let chunk = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let start = unsafe UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
      initialized = Int(unsafe FCGX_GetStr(start, Int32(buffer.count), request.pointee.in))
    }
    body += chunk
    return chunk.count
  }

  mutating func streamEnd() -> StreamEnd {
    let next = unsafe FCGX_GetChar(request.pointee.in)
    if unsafe FCGX_GetError(request.pointee.in) != 0 { return .failed }
    isReadWhole = next == -1
    return isReadWhole ? .clean : .moreBytes
  }

  func write(_ response: [UInt8], standardError: String) {
    unsafe put(Array(standardError.utf8), on: request.pointee.err)
    unsafe put(response, on: request.pointee.out)
  }

  /// Flushes the output, sends FCGI_END_REQUEST and closes the connection.
  ///
  /// Closing a connection with unread bytes can destroy the response in transit, so libfcgi first waits for
  /// the peer to close. The wait is skipped when nothing is left to read.
  func finish() {
    unsafe request.pointee.keepConnection = isReadWhole ? 1 : 0
    unsafe FCGX_Finish_r(request)
    if unsafe request.pointee.ipcFd >= 0 { unsafe close(request.pointee.ipcFd) }
    unsafe request.pointee.ipcFd = -1
  }

  private func put(_ bytes: [UInt8], on stream: UnsafeMutablePointer<FCGX_Stream>?) {
    unsafe bytes.withUnsafeBytes { buffer in
      let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      _ = unsafe FCGX_PutStr(start, Int32(buffer.count), stream)
    }
  }
}
