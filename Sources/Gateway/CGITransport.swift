import Glibc

/// Answers the one request of a CGI process (RFC 3875): meta-variables in the environment, the body
/// on standard input, the response on standard output.
public struct CGITransport {
  private let handler: any RequestHandler

  public init(handler: any RequestHandler) {
    self.handler = handler
  }

  public func serve() {
    // A server that has gone away is an error of write(2), not a reason to die halfway.
    signal(SIGPIPE, SIG_IGN)
    let parameters = Parameters.ofProcess()
    var input = StandardInput()
    let response = handler.exchange(parameters, body: &input)
    Self.write(response.serialized(for: parameters["REQUEST_METHOD"]), to: STDOUT_FILENO)
    Self.write(Array(response.standardError.utf8), to: STDERR_FILENO)
  }

  /// Writes all of it, or as much as the reader takes before it goes away.
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
