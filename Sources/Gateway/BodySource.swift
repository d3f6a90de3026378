/// Where a transport's body bytes come from.
protocol BodySource: ~Copyable {
  /// Appends at most `count` bytes and returns how many; fewer than `count` only at the end of the
  /// stream or after an error.
  mutating func read(_ count: Int, into body: inout [UInt8]) -> Int

  /// How the stream stands after the bytes read so far.
  mutating func streamEnd() -> StreamEnd
}

extension BodySource where Self: ~Copyable {
  /// Reads the body whole or throws; the one rule for both transports.
  ///
  /// Memory grows with what has arrived, not with what CONTENT_LENGTH announces.
  mutating func readBody(_ length: BodyLength, limit: Int) throws(RequestError) -> [UInt8] {
    let expected: Int? = if case .bytes(let count) = length { count } else { nil }
    if let expected, expected > limit { throw .bodyTooLarge(limit: limit) }

    // Without a length, one byte past the limit is enough to know that the body is too large.
    let wanted = expected ?? (limit == .max ? limit : limit + 1)
    var body: [UInt8] = []
    while body.count < wanted {
      let count = min(wanted - body.count, 65_536)
      if read(count, into: &body) < count { break }
    }
    if expected == nil && body.count > limit { throw .bodyTooLarge(limit: limit) }

    switch streamEnd() {
    case .clean where expected == nil || body.count == expected:
      return body
    case .clean, .failed:
      throw .incompleteBody(expected: expected, received: body.count)
    case .moreBytes:
      throw .excessBody(expected: body.count)
    }
  }
}

/// How a body's stream stands once the expected bytes have been read.
enum StreamEnd {
  /// The sender ended it here.
  case clean
  /// More bytes follow.
  case moreBytes
  /// The sender went away or broke the protocol before it ended the stream.
  case failed
}

/// How many bytes of body a request announces.
enum BodyLength: Equatable {
  case bytes(Int)
  /// No CONTENT_LENGTH on a request that may have a body: it goes on to the end of the stream, as a
  /// chunked one does under Apache.
  case untilEnd

  /// Reads CONTENT_LENGTH strictly: decimal digits only (RFC 3875, section 4.1.2).
  ///
  /// Without one, only a POST has a body to look for; a CGI program that waited for the end of its
  /// standard input on a GET could wait for ever.
  init(of parameters: Parameters) throws(RequestError) {
    guard let text = parameters["CONTENT_LENGTH"], !text.isEmpty else {
      self = parameters["REQUEST_METHOD"] == "POST" ? .untilEnd : .bytes(0)
      return
    }
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      throw .malformedContentLength
    }
    // Digits that do not fit are a length too large for any limit.
    self = .bytes(Int(text) ?? .max)
  }
}
