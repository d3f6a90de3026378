import Testing

@testable import Svix

@Suite struct SignatureHeaderTests {
  private static let good = Message.good
  private static let bad = Message.bad
  private static let digest = Base64.decode(Message.good.dropFirst(3)) ?? []

  @Test(arguments: [
    Entries("two bad ones before it", "\(bad) v2,xxx \(good)"),
    Entries("a bad one after it", "\(good) \(bad)"),
    Entries("other versions around it", "v1a,\(good.dropFirst(3)) \(good) v2,\(good.dropFirst(3))"),
    Entries("empty entries around it", "   \(good)   "),
    Entries("junk around it", "junk , ,, v1 v1, =,= v1,*** \(good) v1,,"),
    Entries("itself again", "\(good) \(good)"),
    Entries("without padding", String(good.dropLast())),
  ])
  func `A valid signature is found among others`(entries: Entries) throws {
    var message = Message()
    message.signature = entries.header
    #expect(throws: Never.self) { try message.verify() }
  }

  @Test(arguments: [
    Entries("empty", ""),
    Entries("empty signature", "v1,"),
    Entries("padding only", "v1,="),
    Entries("version v1a", "v1a,\(good.dropFirst(3))"),
    Entries("version v2", "v2,\(good.dropFirst(3))"),
    Entries("version v", "v,\(good.dropFirst(3))"),
    Entries("version v11", "v11,\(good.dropFirst(3))"),
    Entries("version V1", "V1,\(good.dropFirst(3))"),
    Entries("no version", ",\(good.dropFirst(3))"),
    Entries("tab before the version", "\t\(good)"),
    Entries("space after the version", "v1 ,\(good.dropFirst(3))"),
    Entries("space after the comma", "v1, \(good.dropFirst(3))"),
    Entries("no comma", good.replacing(",", with: "")),
    Entries("two commas", good.replacing(",", with: ",,")),
    Entries("equals sign for a comma", good.replacing(",", with: "=")),
    Entries("comma between entries", "\(bad),\(good)"),
    Entries("tab between entries", "\(bad)\t\(good)"),
    Entries("line break in the signature", "\(good.prefix(20))\n\(good.dropFirst(20))"),
    Entries("too much padding", good + "="),
    Entries("doubled", good + good.dropFirst(3)),
    Entries("URL-safe digits", good.replacing("+", with: "-").replacing("/", with: "_")),
    Entries("hexadecimal", "v1," + digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()),
    Entries("upper case", good.uppercased()),
  ])
  func `An entry must be v1, a comma and base64`(entries: Entries) throws {
    var message = Message()
    message.signature = entries.header
    let count = entries.header.split(separator: " ").count
    #expect(throws: VerificationError.noMatch(entries: count, secrets: 1)) { try message.verify() }
  }

  @Test func `A signature with any bit flipped does not match`() {
    for bit in 0..<256 {
      var bytes = Self.digest
      bytes[bit / 8] ^= 1 << (bit % 8)
      expectNoMatch(bytes)
    }
  }

  @Test func `A truncated signature does not match, whatever its length`() {
    for count in 0..<32 { expectNoMatch(Array(Self.digest.prefix(count))) }
  }

  @Test func `An extended signature does not match`() {
    for count in 1...64 { expectNoMatch(Self.digest + [UInt8](repeating: 0, count: count)) }
    expectNoMatch(Self.digest + Self.digest)
  }

  @Test func `A valid signature is found after a thousand others`() throws {
    var message = Message()
    message.signature = String(repeating: "\(Self.bad) ", count: 1000)
    #expect(throws: VerificationError.noMatch(entries: 1000, secrets: 1)) { try message.verify() }
    message.signature += Self.good
    #expect(throws: Never.self) { try message.verify() }
  }

  @Test func `A signature prints as an entry of the header`() throws {
    #expect(try Message().signed().signature == Self.good)
  }

  private func expectNoMatch(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
    var message = Message()
    message.signature = "v1,\(Base64.encode(bytes))"
    #expect(throws: VerificationError.noMatch(entries: 1, secrets: 1), sourceLocation: sourceLocation) {
      try message.verify()
    }
  }

  struct Entries: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let header: String

    init(_ name: String, _ header: String) {
      (testDescription, self.header) = (name, header)
    }
  }
}
