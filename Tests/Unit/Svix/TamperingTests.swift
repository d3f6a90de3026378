import Svix
import Testing

@Suite struct TamperingTests {
  private let original = Message()

  @Test func `The unchanged message is accepted`() throws {
    let message = try original.verify()
    #expect(message.id == original.id)
    #expect(message.timestamp == 1_614_265_330)
    #expect(message.body == original.body)
  }

  @Test func `An id with any byte changed does not match`() throws {
    for bytes in Self.variants(of: Array(original.id.utf8)) {
      var message = original
      message.id = String(decoding: bytes, as: UTF8.self)
      expectNoMatch(message)
    }
  }

  @Test func `A body with any byte changed does not match`() throws {
    for bytes in Self.variants(of: original.body) {
      var message = original
      message.body = bytes
      expectNoMatch(message)
    }
  }

  @Test func `A timestamp with any digit changed is refused, even if the clock agrees`() throws {
    for position in original.timestamp.indices {
      for digit in "0123456789" where digit != original.timestamp[position] {
        var message = original
        message.timestamp.replaceSubrange(position...position, with: "\(digit)")
        message.now = try #require(Int64(message.timestamp))
        if message.timestamp.hasPrefix("0") {
          #expect(throws: VerificationError.malformedTimestamp) { try message.verify() }
        } else {
          expectNoMatch(message)
        }
      }
    }
  }

  @Test(arguments: ["msg_1.1614265330", ".", ".msg_1", "msg_1.", "msg..1"])
  func `An id with a full stop is refused, even if signed`(id: String) throws {
    var message = original
    message.id = id
    #expect(throws: VerificationError.ambiguousID) { try message.signed().verify() }
  }

  @Test func `A signature does not hold for the same bytes divided differently`() throws {
    var signed = original
    signed.id = "msg_1"
    signed.body = Array("1614265330.{}".utf8)
    signed = try signed.signed()
    var divided = signed
    divided.id = "msg_1.1614265330"
    divided.body = Array("{}".utf8)
    #expect(throws: Never.self) { try signed.verify() }
    #expect(throws: VerificationError.ambiguousID) { try divided.verify() }
  }

  @Test(arguments: [[], [0], [0xff, 0xfe], Array("{\r\n}\u{0}".utf8)] as [[UInt8]])
  func `The body may be any bytes, or empty`(body: [UInt8]) throws {
    var message = original
    message.body = body
    #expect(try message.signed().verify().body == body)
  }

  private func expectNoMatch(_ message: Message, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: VerificationError.noMatch(entries: 1, secrets: 1), sourceLocation: sourceLocation) {
      try message.verify()
    }
  }

  /// Returns `bytes` with each byte in turn changed, dropped or doubled. None is changed to a full stop,
  /// which is refused for another reason.
  private static func variants(of bytes: [UInt8]) -> [[UInt8]] {
    var variants: [[UInt8]] = []
    for (index, byte) in bytes.enumerated() {
      for replacement in [[byte ^ 1], [byte ^ 32], [], [byte, byte]] where replacement != Array(".".utf8) {
        var variant = bytes
        variant.replaceSubrange(index...index, with: replacement)
        variants.append(variant)
      }
    }
    return variants
  }
}
