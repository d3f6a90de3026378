/// The stream from which a transport reads a request's body.
protocol BodySource: ~Copyable {
  /// Appends at most `count` bytes and returns how many. Fewer than `count` means the end of the stream or an
  /// error.
  mutating func read(_ count: Int, into body: inout [UInt8]) -> Int

  /// Returns the state of the stream after the bytes read so far.
  mutating func streamEnd() -> StreamEnd
}

extension BodySource where Self: ~Copyable {
  /// Reads the whole body or throws. Both transports follow this one rule.
  ///
  /// Memory grows with the bytes received, not with the announced CONTENT_LENGTH.
  mutating func readBody(_ length: BodyLength, limit: Int) throws(RequestError) -> [UInt8] {
    let expected: Int? = if case .bytes(let count) = length { count } else { nil }
    if let expected, expected > limit { throw .bodyTooLarge(limit: limit) }

    // Without a length, one byte past the limit is enough to show that the body is too large.
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

/// The state of a body's stream once the expected bytes have been read.
enum StreamEnd {
  /// The sender ended the stream here.
  case clean
  /// More bytes follow.
  case moreBytes
  /// The sender disconnected or violated the protocol before the end of the stream.
  case failed
}

/// The body length that a request announces.
enum BodyLength: Equatable {
  case bytes(Int)
  /// CONTENT_LENGTH is absent and the request may have a body, which extends to the end of the stream. Apache
  /// passes chunked requests in this way.
  case untilEnd

  /// Parses CONTENT_LENGTH strictly: decimal digits only (RFC 3875, section 4.1.2).
  ///
  /// Without it, only a POST is assumed to have a body. A CGI program that waited for the end of its standard
  /// input on a GET could wait forever.
  init(of parameters: Parameters) throws(RequestError) {
    guard let text = parameters["CONTENT_LENGTH"], !text.isEmpty else {
      self = parameters["REQUEST_METHOD"] == "POST" ? .untilEnd : .bytes(0)
      return
    }
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      throw .malformedContentLength
    }
    // A number that overflows exceeds every limit.
    self = .bytes(Int(text) ?? .max)
  }
}
