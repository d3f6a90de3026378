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

  var connection: Int32 { unsafe request.pointee.ipcFd }

  var keepsConnection: Int32 {
    get { unsafe request.pointee.keepConnection }
    set { unsafe request.pointee.keepConnection = newValue }
  }

  var streamError: Int32 { unsafe FCGX_GetError(request.pointee.in) }

  var parameters: [String] {
    var entries: [String] = []
    var next = unsafe request.pointee.envp
    while let entry = unsafe next?.pointee {
      unsafe entries.append(String(cString: entry))
      unsafe next = next?.advanced(by: 1)
    }
    return entries
  }

  func accept(_ connection: Int32, keeping: Int32) -> Int32 {
    unsafe request.pointee.ipcFd = connection
    unsafe request.pointee.keepConnection = keeping
    return unsafe FCGX_Accept_r(request)
  }

  func finish() {
    unsafe FCGX_Finish_r(request)
  }
}
