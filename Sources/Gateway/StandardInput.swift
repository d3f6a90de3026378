import Glibc

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

  /// A CGI program must not read past CONTENT_LENGTH (RFC 3875, section 4.2), so it does not look further.
  func streamEnd() -> StreamEnd { failed ? .failed : .clean }
}
