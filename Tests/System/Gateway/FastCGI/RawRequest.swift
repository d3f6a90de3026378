import CFastCGI
import Foundation
import Testing

/// An `FCGX_Request` with access to its private fields.
@safe final class RawRequest {
  private let request: UnsafeMutablePointer<FCGX_Request>

  private static let isReady: Bool = {
    let result = FCGX_Init()
    // Its signal handlers would make the test process ignore SIGTERM.
    for number in [SIGTERM, SIGUSR1] { signal(number, SIG_DFL) }
    return result == 0
  }()

  init() throws {
    try #require(Self.isReady)
    unsafe request = .allocate(capacity: 1)
    #expect(unsafe FCGX_InitRequest(request, -1, 0) == 0)
  }

  deinit {
    unsafe FCGX_Free(request, 1)
    unsafe request.deallocate()
  }

  var connection: Int32 {
    get { unsafe request.pointee.ipcFd }
    set { unsafe request.pointee.ipcFd = newValue }
  }

  var id: Int32 {
    get { unsafe request.pointee.requestId }
    set { unsafe request.pointee.requestId = newValue }
  }

  var keepsConnection: Int32 {
    get { unsafe request.pointee.keepConnection }
    set { unsafe request.pointee.keepConnection = newValue }
  }

  var streamError: Int32 { unsafe FCGX_GetError(request.pointee.in) }

  func accept(_ connection: Int32, keeping: Int32) -> Int32 {
    unsafe request.pointee.ipcFd = connection
    unsafe request.pointee.keepConnection = keeping
    return unsafe FCGX_Accept_r(request)
  }

  func write(_ text: String) {
    unsafe FCGX_PutS(text, request.pointee.out)
  }

  func finish() {
    unsafe FCGX_Finish_r(request)
  }
}
