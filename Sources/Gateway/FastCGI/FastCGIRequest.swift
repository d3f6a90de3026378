import CFastCGI
import Glibc

/// One worker's request: the peer's records, and the only owner of an `FCGX_Request`, which writes the answer.
///
/// libfcgi's request is on the heap because its streams point back to it. The fields `ipcFd`, `requestId` and
/// `keepConnection` are documented as private, but accepting the connection outside libfcgi is the only way to stop and
/// to enforce a deadline, and reading it outside the only way to survive any bytes. A test checks the behaviour of
/// libfcgi on which this relies.
@safe struct FastCGIRequest: ~Copyable, BodySource {
  private let request: UnsafeMutablePointer<FCGX_Request>
  private let blank: BlankRequest
  private var records = RequestRecords()
  /// Whether the peer has sent the whole request, so that no unread bytes remain.
  private var isReadWhole = false

  init(_ blank: BlankRequest) {
    self.blank = blank
    unsafe request = .allocate(capacity: 1)
    unsafe FCGX_InitRequest(request, -1, 0)
  }

  deinit {
    unsafe FCGX_Free(request, 1)
    unsafe request.deallocate()
  }

  /// Reads FCGI_BEGIN_REQUEST and FCGI_PARAMS from `connection`, which ``finish()`` closes. Returns nil and closes it
  /// unless both arrived completely.
  mutating func begin(on connection: Int32) -> Parameters? {
    isReadWhole = false
    guard let parameters = records.begin(on: connection) else {
      close(connection)
      return nil
    }
    return parameters
  }

  mutating func read(_ count: Int, into body: inout [UInt8]) -> Int {
    records.readBody(count, into: &body)
  }

  mutating func streamEnd() -> StreamEnd {
    let end = records.bodyEnd()
    isReadWhole = end == .clean
    return end
  }

  func write(_ response: [UInt8], standardError: String) {
    unsafe request.pointee.ipcFd = blank.rewound()
    // FCGX_Accept_r first finishes the previous request, which closes its connection unless told to keep it.
    unsafe request.pointee.keepConnection = 1
    unsafe FCGX_Accept_r(request)
    unsafe request.pointee.ipcFd = records.connection
    unsafe request.pointee.requestId = Int32(records.id)
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
