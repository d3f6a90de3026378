import CFastCGI
import Glibc

/// libfcgi's request: the only owner of an `FCGX_Request`.
///
/// On the heap, because the streams inside point back to it. The fields `ipcFd` and `keepConnection`
/// are documented as private; accepting the connection ourselves is what makes a stop and a deadline
/// possible, and a test holds libfcgi to what is relied on here.
@safe struct FastCGIRequest: ~Copyable, BodySource {
  private let request: UnsafeMutablePointer<FCGX_Request>
  /// Whether the peer has sent all that belongs to the request, so that nothing of it is left unread.
  private var isReadWhole = false

  init() {
    unsafe request = .allocate(capacity: 1)
    unsafe FCGX_InitRequest(request, -1, 0)
  }

  deinit {
    unsafe FCGX_Free(request, 1)
    unsafe request.deallocate()
  }

  /// Reads FCGI_BEGIN_REQUEST and FCGI_PARAMS from `connection`, which libfcgi closes; nil unless
  /// both arrived whole.
  mutating func begin(on connection: Int32) -> Parameters? {
    isReadWhole = false
    unsafe request.pointee.ipcFd = connection
    // FCGX_Accept_r first finishes the last request, which closes the connection unless told to keep it.
    unsafe request.pointee.keepConnection = 1
    guard unsafe FCGX_Accept_r(request) == 0 else { return nil }
    unsafe request.pointee.keepConnection = 0
    // A read cut short during the parameters leaves half an environment and only this flag. The request
    // has begun then: left as it is, it would be finished on the next connection, and close that one.
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

  /// Sends what is buffered and FCGI_END_REQUEST, and closes the connection.
  ///
  /// Closing one with bytes unread could destroy the answer on its way. libfcgi waits for the peer to close first,
  /// which is time lost where there is nothing left to read.
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
