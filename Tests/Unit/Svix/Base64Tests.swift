import Testing

@testable import Svix

@Suite struct Base64Tests {
  /// RFC 4648, section 10.
  private static let vectors = [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ]

  @Test(arguments: vectors)
  func `The vectors of RFC 4648 hold in both directions`(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(plain.utf8))
    #expect(Base64.decode(encoded.replacing("=", with: "")) == Array(plain.utf8))
  }

  @Test func `Every byte and every length survives a round trip`() {
    for count in 0...256 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
  }

  @Test func `Zero bytes are not mistaken for padding`() {
    #expect(Base64.decode("AAAA") == [0, 0, 0])
    #expect(Base64.decode("AAA=") == [0, 0])
    #expect(Base64.decode("AA") == [0])
  }

  @Test(arguments: [
    "=", "==", "===", "====", "Z", "Z=", "Z==", "Z===", "Zg=", "Zg===", "Zm8==", "Zm9v=", "Zm9v====", "Zm9vZ",
    "=Zg=", "Z=g=", "Zg==Zg==", " Zg==", "Zg== ", "Zg ==", "Zm9v\n", "Zm\n9v", "    ", "    Zm9v", "Zm9v    ",
    "Zm9v\n\n\n\n", "Zm9v\u{0}", "Zm9-", "Zm9_",
    "Zm9*", "Zm9é", "Ｚm9v", "Zm9v.", "Zm9v,",
  ])
  func `A text that is not base64 does not decode`(text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test func `Only the 64 characters are digits`() {
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for value in UInt8.min...127 {
      let character = Character(UnicodeScalar(value))
      #expect((Base64.decode("AAA\(character)") != nil) == (digits + "=").contains(character))
    }
    for (value, digit) in digits.enumerated() {
      #expect(Base64.decode("AAA\(digit)") == [0, 0, UInt8(value)])
    }
  }
}
