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
