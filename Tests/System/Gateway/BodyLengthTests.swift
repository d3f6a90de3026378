import Testing

@testable import Gateway

@Suite struct BodyLengthTests {
  @Test(arguments: [
    ("0", 0), ("5", 5), ("0012", 12), ("1048576", 1_048_576), ("9223372036854775807", Int.max),
    ("9223372036854775808", Int.max), ("99999999999999999999999999", Int.max),
  ])
  func `Decimal digits are accepted`(text: String, length: Int) throws {
    #expect(try BodyLength(of: Parameters([("CONTENT_LENGTH", text)])) == .bytes(length))
  }

  @Test(arguments: ["-1", "+5", " 5", "5 ", "0x5", "5.0", "5,5", "five", "٥", "5\n", "\u{FFFD}"])
  func `Anything else is refused`(text: String) {
    #expect(throws: RequestError.malformedContentLength) {
      try BodyLength(of: Parameters([("CONTENT_LENGTH", text)]))
    }
  }

  @Test(arguments: [[], [("CONTENT_LENGTH", "")]])
  func `Without a length, a POST is read to its end`(parameters: [(String, String)]) throws {
    #expect(try BodyLength(of: Parameters(parameters + [("REQUEST_METHOD", "POST")])) == .untilEnd)
  }

  @Test(arguments: ["GET", "HEAD", "PUT", "post", ""])
  func `Without a length, no other method has a body`(method: String) throws {
    #expect(try BodyLength(of: Parameters([("REQUEST_METHOD", method)])) == .bytes(0))
  }
}
