import Testing

@testable import Svix

@Suite struct HMACSHA256Tests {
  /// RFC 4231, sections 4.2, 4.3, 4.4 and 4.7: keys shorter and longer than a block.
  @Test(arguments: [
    Answer(
      [UInt8](repeating: 0x0b, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    Answer(
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    Answer(
      [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
  ])
  func `The code equals the vector of RFC 4231`(answer: Answer) {
    #expect(HMACSHA256(key: answer.key)?.authenticate([answer.data]) == answer.code)
  }

  @Test(arguments: [[], [0], [4, 9], [0, 28], [5, 5, 5]] as [[Int]])
  func `The division of the message into parts makes no difference`(cuts: [Int]) throws {
    let data = Array("what do ya want for nothing?".utf8)
    let bounds = [0] + cuts + [data.count]
    let parts = zip(bounds, bounds.dropFirst()).map { Array(data[$0..<$1]) }
    let hmac = try #require(HMACSHA256(key: Array("Jefe".utf8)))
    // Twice, because one message must leave no state for the next.
    for _ in 1...2 { #expect(hmac.authenticate(parts) == hmac.authenticate([data])) }
  }

  struct Answer: Sendable {
    let key: [UInt8]
    let data: [UInt8]
    let code: [UInt8]

    init(_ key: [UInt8], _ data: String, _ hexadecimal: String) {
      (self.key, self.data) = (key, Array(data.utf8))
      code = stride(from: 0, to: hexadecimal.count, by: 2).compactMap {
        UInt8(hexadecimal.dropFirst($0).prefix(2), radix: 16)
      }
    }
  }
}
