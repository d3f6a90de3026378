import Glibc

/// Answers the one request of a CGI process (RFC 3875): meta-variables in the environment, the body on
/// standard input, the response on standard output.
public struct CGITransport {
  private let handler: any RequestHandler

  public init(handler: any RequestHandler) {
    self.handler = handler
  }

  public func serve() {
    // A closed pipe then makes write(2) fail instead of ending the process.
    signal(SIGPIPE, SIG_IGN)
    let parameters = Parameters.ofProcess()
    var input = StandardInput()
    let response = handler.exchange(parameters, body: &input)
    Self.write(response.serialized(for: parameters["REQUEST_METHOD"]), to: STDOUT_FILENO)
    Self.write(Array(response.standardError.utf8), to: STDERR_FILENO)
  }

  /// Writes all bytes, or stops when the reader closes the pipe.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        return
      }
    }
  }
}

/// The body of a CGI request (RFC 3875, section 4.2).
struct StandardInput: BodySource {
  private var failed = false

  mutating func read(_ count: Int, into body: inout [UInt8]) -> Int {
    let start = body.count
    while body.count - start < count {
      var (result, failure): (Int, Int32) = (0, 0)
      let missing = count - (body.count - start)
      body += unsafe [UInt8](unsafeUninitializedCapacity: missing) { buffer, initialized in
        unsafe result = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
        failure = errno
        initialized = max(0, result)
      }
      if result < 0 && failure == EINTR { continue }
      failed = result < 0
      if result <= 0 { break }
    }
    return body.count - start
  }

  /// A CGI program must not read past CONTENT_LENGTH (RFC 3875, section 4.2), so excess bytes go undetected.
  func streamEnd() -> StreamEnd { failed ? .failed : .clean }
}
