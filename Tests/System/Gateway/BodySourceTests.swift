import Testing

@testable import Gateway

@Suite struct BodySourceTests {
  /// A stream of `left` bytes that ends as `end` says.
  struct Bytes: BodySource {
    var left: Int
    var end = StreamEnd.clean
    var read = 0

    mutating func read(_ count: Int, into body: inout [UInt8]) -> Int {
      let now = min(count, left)
      body += [UInt8](repeating: 7, count: now)
      left -= now
      read += now
      return now
    }

    mutating func streamEnd() -> StreamEnd { left > 0 ? .moreBytes : end }
  }

  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
  func `A body of the announced length is read completely`(count: Int) throws {
    var source = Bytes(left: count)
    #expect(try source.readBody(.bytes(count), limit: 200_000).count == count)
  }

  @Test func `A body announced as too large is refused without reading a byte`() {
    var source = Bytes(left: 11)
    #expect(throws: RequestError.bodyTooLarge(limit: 10)) { try source.readBody(.bytes(11), limit: 10) }
    #expect(source.read == 0)
  }

  @Test func `A body that ends early is refused`() {
    var source = Bytes(left: 9)
    #expect(throws: RequestError.incompleteBody(expected: 10, received: 9)) {
      try source.readBody(.bytes(10), limit: 10)
    }
  }

  @Test func `A body longer than announced is refused`() {
    var source = Bytes(left: 11)
    #expect(throws: RequestError.excessBody(expected: 10)) { try source.readBody(.bytes(10), limit: 10) }
  }

  @Test(arguments: [BodyLength.bytes(10), .untilEnd])
  func `A body whose stream fails is refused, even if every byte has arrived`(length: BodyLength) {
    var source = Bytes(left: 10, end: .failed)
    #expect(throws: RequestError.self) { try source.readBody(length, limit: 10) }
  }

  @Test(arguments: [0, 9, 10])
  func `Without a length, a body within the limit is read to its end`(count: Int) throws {
    var source = Bytes(left: count)
    #expect(try source.readBody(.untilEnd, limit: 10).count == count)
  }

  @Test(arguments: [11, 12, 1_000_000])
  func `Without a length, a body over the limit is refused after one extra byte`(count: Int) {
    var source = Bytes(left: count)
    #expect(throws: RequestError.bodyTooLarge(limit: 10)) { try source.readBody(.untilEnd, limit: 10) }
    #expect(source.read == 11)
  }

  @Test func `The largest limit does not overflow`() throws {
    var source = Bytes(left: 3)
    #expect(try source.readBody(.untilEnd, limit: .max).count == 3)
  }
}
